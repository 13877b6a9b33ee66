-- Presenting a token. What a transaction has presented is kept in the setting `writ.session`, which ends with the
-- transaction. Anyone can write a setting, so an HMAC covers it together with the backend and the transaction: nobody
-- without the secret can make one, and one of another transaction or connection counts for nothing.

-- The HMAC-SHA-256 (RFC 2104) of a session in this transaction.
create function writ.session_mac(session text) returns text
language plpgsql stable strict set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select encode(sha256(outer_key || sha256(inner_key || convert_to(
      pg_backend_pid() || ' ' || extract(epoch from transaction_timestamp()) || ' ' || session, 'UTF8'))), 'hex')
    from writ.secret);
end $$;

-- What this transaction has presented: a list of claims; empty if nothing was presented, or if the setting is not ours.
create function writ.session() returns jsonb[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  setting text := current_setting('writ.session', true);
  list jsonb[];
  claims jsonb;
begin
  -- Whatever is null here is a refusal.
  if (length(setting) > 65 and substr(setting, 1, 64) = writ.session_mac(substr(setting, 66))) is not true then
    return '{}';
  end if;
  list := substr(setting, 66)::jsonb[];
  foreach claims in array list loop
    if (claims -> 'expires')::bigint <= writ.seconds() then
      perform writ.refuse('expired');
    end if;
  end loop;
  return list;
end $$;

-- Reads and proves a token that is not known, and returns {"claims", "root_key_id", "public_key"}.
create function writ.prove(token text) returns jsonb
language plpgsql stable strict set search_path = pg_catalog, pg_temp as $$
declare
  decoded jsonb := writ.decode_token(token);
  root bytea;
begin
  -- The keys are never tried one after the other.
  select public_key into root from writ.keys where coalesce(root_key_id, -1) = (decoded -> 'rootKeyId')::bigint;
  if root is null then
    perform writ.refuse('untrusted_key');
  end if;
  perform writ.check_signatures(decoded, root);
  return jsonb_build_object(
    'claims', writ.read_claims(decoded), 'root_key_id', decoded -> 'rootKeyId', 'public_key', encode(root, 'hex'));
end $$;

-- Remembers an accepted token, unless nothing can be written here (a replica). At most 64 of those narrowed from one:
-- whoever narrows a token a million times fills nothing.
create function writ.remember(token_digest bytea, proven jsonb, used_anchor text, accepted jsonb) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  ids text[] := array(select jsonb_array_elements_text(proven -> 'claims' -> 'ids'));
  token_family bytea := decode(ids[1], 'hex');
  time bigint := writ.seconds();
begin
  if current_setting('transaction_read_only')::boolean then
    return;
  end if;
  -- Whoever finds the same token being remembered by another transaction does not wait until that ends.
  if not pg_try_advisory_xact_lock(
    1465010516, get_byte(token_digest, 0) << 16 | get_byte(token_digest, 1) << 8 | get_byte(token_digest, 2)) then
    return;
  end if;
  begin
    delete from writ.proofs where digest in (
      select digest from writ.proofs where expires < time order by expires limit 4 for update skip locked);
    if (select count(*) from (select from writ.proofs where family = token_family limit 64) same) < 64 then
      insert into writ.proofs (digest, root_key_id, public_key, anchor, claims, revocation_ids, expires, family)
      values (
        token_digest, (proven -> 'root_key_id')::bigint, decode(proven ->> 'public_key', 'hex'), used_anchor, accepted, ids,
        (accepted -> 'expires')::bigint, token_family)
      on conflict (digest) do update set
        root_key_id = excluded.root_key_id, public_key = excluded.public_key, anchor = excluded.anchor, claims = excluded.claims;
    end if;
  exception
    -- A row that the snapshot of the transaction does not see. Not remembering must not fail the transaction.
    when serialization_failure or deadlock_detected or lock_not_available then null;
  end;
end $$;

-- Proves a token that is not known, with errors that show nothing of it.
create function writ.prove_quietly(token text) returns jsonb
language plpgsql stable strict set search_path = pg_catalog, pg_temp as $$
declare
  problem text;
begin
  begin
    return writ.prove(token);
  exception
    when sqlstate '28W00' then
      raise;
    when character_not_in_repertoire or untranslatable_character then
      problem := 'malformed_token';
    when others then
      -- A message of the server's own could show a part of the token.
      problem := 'unavailable';
  end;
  perform writ.refuse(problem);
end $$;

-- Presents a token for the rest of the transaction; several may be presented. Errors have SQLSTATE 28W00 and a message
-- `writ: <code>`.
create function writ.present(token text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  token_digest bytea;
  accepted jsonb;
  is_revoked boolean;
  proven jsonb;
  own_anchor text;
  session jsonb[];
begin
  if coalesce(token, '') = '' then
    perform writ.refuse('missing_token');
  elsif octet_length(token) > 16384 and (octet_length(token) > 65536 or writ.utf16_length(token) > 16384) then
    perform writ.refuse('limits_exceeded');
  end if;
  token_digest := sha256(convert_to(token, 'UTF8'));
  -- A read replica has no unlogged tables: there every token is proven anew.
  if not pg_is_in_recovery() then
    select proof.claims, exists (select from writ.revocations where id = any (proof.revocation_ids))
      into accepted, is_revoked
    from writ.proofs proof
    join writ.keys key on coalesce(key.root_key_id, -1) = proof.root_key_id and key.public_key = proof.public_key
    where proof.digest = token_digest and proof.anchor is not distinct from (select anchor from writ.settings);
  end if;
  if accepted is null then
    proven := writ.prove_quietly(token);
    accepted := proven -> 'claims';
    is_revoked := exists (
      select from writ.revocations where id in (select jsonb_array_elements_text(accepted -> 'ids')));
  end if;
  if (accepted -> 'expires')::bigint <= writ.seconds() then
    perform writ.refuse('expired');
  elsif exists (select from writ.feeds where fresh_until <= writ.seconds()) then
    -- What is revoked is not known.
    perform writ.refuse('unavailable');
  elsif is_revoked then
    perform writ.refuse('revoked');
  end if;
  if proven is not null then
    own_anchor := (select anchor from writ.settings);
    accepted := jsonb_build_object('designations', writ.judge(accepted, own_anchor)) || (accepted - '{ids,checks}'::text[]);
    perform writ.remember(token_digest, proven, own_anchor, accepted);
  end if;
  session := writ.session();
  if not accepted = any (session) then
    session := session || accepted;
  end if;
  if cardinality(session) > 16 then
    perform writ.refuse('limits_exceeded');
  end if;
  perform set_config('writ.session', writ.session_mac(session::text) || ' ' || session::text, true);
end $$;

-- For PostgREST and Supabase, as `db-pre-request`: presents what the header X-Writ-Capability holds, several tokens
-- separated by commas. Without the header nothing is presented, and policies show nothing. The message goes to the
-- caller, so it tells no more than a guard's answer does.
create function writ.pre_request() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  header text := nullif(current_setting('request.headers', true), '')::json ->> 'x-writ-capability';
  token text;
  problem text;
begin
  begin
    foreach token in array coalesce(string_to_array(header, ','), '{}') loop
      perform writ.present(trim(token));
    end loop;
  exception when sqlstate '28W00' then
    problem := substr(sqlerrm, 7);
  end;
  if problem is not null then
    perform writ.refuse(case
      when problem in ('untrusted_key', 'invalid_signature') then 'invalid_signature'
      when problem in ('limits_exceeded', 'unsupported_shape', 'unsupported_block', 'unsupported_key', 'third_party_block')
        then 'malformed_token'
      else problem end);
  end if;
end $$;
