-- Signatures, in order, and the proof of the last holder: the mirror of packages/core/src/internal/signature.

-- The bytes that a block's signature covers. `previous` is the signature of the block before, null for the first.
create function writ.signed_payload(block jsonb, previous bytea) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select case when coalesce((block -> 'version')::int, 0) = 0
    then decode(block ->> 'block', 'hex') || '\x00000000' || decode(block -> 'nextKey' ->> 'key', 'hex')
    else '\x00424c4f434b000056455253494f4e0001000000005041594c4f414400' || decode(block ->> 'block', 'hex')
      || '\x00414c474f524954484d0000000000' || '\x004e4558544b455900' || decode(block -> 'nextKey' ->> 'key', 'hex')
      || coalesce('\x005052455653494700' || previous, '') end
$$;

-- Refuses a token unless the root key signed it and whoever presents it holds it.
create function writ.check_signatures(token jsonb, root bytea) returns void
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  blocks jsonb := token -> 'blocks';
  block jsonb;
  key bytea := root;
  signature bytea;
  previous bytea;
  proof bytea := decode(token -> 'proof' ->> 'value', 'hex');
begin
  for block in select jsonb_array_elements(blocks) loop
    signature := decode(block ->> 'signature', 'hex');
    if length(signature) <> 64 then
      perform writ.refuse('malformed_token');
    end if;
    if not writ.verify_ed25519(key, signature, writ.signed_payload(block, previous)) then
      perform writ.refuse('invalid_signature');
    end if;
    previous := signature;
    key := decode(block -> 'nextKey' ->> 'key', 'hex');
  end loop;
  -- Without this anyone could cut blocks off the end: what is left is still a chain of valid signatures.
  if token -> 'proof' ->> 'type' = 'finalSignature' then
    if length(proof) <> 64 then
      perform writ.refuse('malformed_token');
    end if;
    if not writ.verify_ed25519(
      key, proof, decode(block ->> 'block', 'hex') || '\x00000000' || key || previous) then
      perform writ.refuse('invalid_signature');
    end if;
  elsif length(proof) <> 32 or not writ.is_ed25519_pair(proof, key) then
    perform writ.refuse('invalid_signature');
  end if;
end $$;
