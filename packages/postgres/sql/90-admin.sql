-- For the owner of the schema, and then who may call what.

-- Trusts a root public key, `ed25519/<hex>`, for tokens that name this id; without an id, for those that name none.
create function writ.trust(public_key text, root_key_id bigint default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  key bytea;
begin
  if public_key ~* '^secp256r1/' then
    perform writ.refuse('unsupported_key');
  elsif public_key is null or public_key !~* '^ed25519/[0-9a-f]{64}$' then
    raise exception using errcode = '22023', message = 'public_key: must be "ed25519/" and 64 hexadecimal digits';
  end if;
  key := decode(substr(public_key, 9), 'hex');
  if not writ.is_usual_point(key) or writ.point_x(key) is null then
    raise exception using errcode = '22023', message = 'public_key: signs nothing';
  end if;
  delete from writ.keys where coalesce(keys.root_key_id, -1) = coalesce(trust.root_key_id, -1);
  insert into writ.keys (root_key_id, public_key) values (trust.root_key_id, key);
end $$;

-- Trusts no key for this id any more.
create function writ.distrust(root_key_id bigint default null) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  delete from writ.keys where coalesce(keys.root_key_id, -1) = coalesce($1, -1)
$$;

-- Revokes every token that holds a block with this revocation id. Ids are compared in lower case.
create function writ.revoke(id text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into writ.revocations (id) values (lower($1)) on conflict do nothing
$$;

-- Names the one service that this database is; null for none.
create function writ.be(anchor text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  update writ.settings set anchor = $1
$$;

revoke all on all tables in schema writ from public;
revoke all on all functions in schema writ from public;
grant usage on schema writ to public;
grant execute on function
  writ.present(text), writ.pre_request(), writ.allows(text, text, text[]),
  writ.designation(text, text, text), writ.names(text, text, text), writ.subject()
to public;
