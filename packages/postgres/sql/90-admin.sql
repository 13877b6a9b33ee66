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
  insert into writ.revocations (id) values (lower($1)) on conflict (id) do update set expires = null
$$;

-- Follows the revocation feed of an authority, from the first call on: every token is refused unless this was called with
-- an `as_of` less than `max_stale` seconds ago. Nothing is taken back, and no time becomes earlier by a later call.
-- `revoked`: JSON, [{"id": "<hex>", "expires": <Unix seconds>}]. Rows are kept an hour longer than tokens: clocks differ.
create function writ.follow(feed text, revoked text default '[]', as_of bigint default 0, max_stale bigint default 0)
returns void
language plpgsql volatile strict security definer set search_path = pg_catalog, pg_temp as $$
declare
  time bigint := writ.seconds();
begin
  delete from writ.revocations where expires < time - 3600;
  insert into writ.revocations (id, expires)
  select lower(one.id), max(one.expires) from jsonb_to_recordset(revoked::jsonb) as one (id text, expires bigint)
  where one.expires >= time - 3600
  group by lower(one.id)
  -- In one order, so that two who follow the same feed do not wait for each other.
  order by lower(one.id)
  on conflict (id) do update set expires = excluded.expires where revocations.expires < excluded.expires;
  insert into writ.feeds (name, fresh_until) values (feed, least(as_of, time) + max_stale)
  on conflict (name) do update set fresh_until = excluded.fresh_until where feeds.fresh_until < excluded.fresh_until;
end $$;

-- Follows a feed no longer. What it has revoked stays.
create function writ.unfollow(feed text) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  delete from writ.feeds where name = $1
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
