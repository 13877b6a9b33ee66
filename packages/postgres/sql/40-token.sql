-- Decoding and limits, the mirror of packages/core/src/internal/token. Nothing here proves anything.

-- Decodes strict URL-safe base64.
create function writ.decode_base64url(text text) returns bytea
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  bare text := rtrim(text, '=');
  padding int := char_length(text) - char_length(bare);
  bytes bytea;
begin
  if bare !~ '^[A-Za-z0-9_-]+$' or length(bare) % 4 = 1 or padding > 0 and padding <> (4 - length(bare) % 4) % 4 then
    perform writ.refuse('malformed_token');
  end if;
  bytes := decode(translate(bare, '-_', '+/') || repeat('=', (4 - length(bare) % 4) % 4), 'base64');
  -- Bits that no byte needs must be zero, so the text can have no other spelling.
  if translate(encode(bytes, 'base64'), E'+/=\n', '-_') <> bare then
    perform writ.refuse('malformed_token');
  end if;
  return bytes;
end $$;

-- The length of a string in UTF-16, in which core counts.
create function writ.utf16_length(text text) returns int
language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select case when octet_length($1) = char_length($1) then char_length($1)
    else char_length($1) + char_length(regexp_replace($1, U&'[^\+010000-\+10FFFF]', '', 'g')) end
$$;

-- Refuses a key that can sign nothing (malformed), or that is on P-256 (not supported here).
create function writ.check_key(key jsonb) returns void
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
begin
  if (key -> 'algorithm')::int = 1 then
    perform writ.refuse('unsupported_key');
  end if;
  if length(key ->> 'key') <> 64 or not writ.is_usual_point(decode(key ->> 'key', 'hex')) then
    perform writ.refuse('malformed_token');
  end if;
end $$;

-- Refuses a block with a feature of a later version than it declares.
create function writ.check_version(block jsonb) returns void
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  version bigint := coalesce((block -> 'version')::bigint, 0);
  needed int := case
    when block @? '$.checks[*] ? (@.kind == 2)' or block @? '$.** ? (@.type == "null" || @.type == "closure"
      || @.type == "unary" && @.value.kind == 3
      || @.type == "binary" && @.value.kind >= 21 && @.value.kind <= 24)' then 6
    when block @? '$.checks[*].kind' or block @? '$.**.scope[*]'
      or block @? '$.** ? (@.type == "binary" && @.value.kind >= 17 && @.value.kind <= 20)' then 4
    else 3 end;
begin
  if version not between needed and 6 then
    perform writ.refuse('malformed_token');
  end if;
end $$;

-- Refuses the operations of expressions that are malformed or beyond the limits.
create function writ.check_expressions(block jsonb) returns void
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  one jsonb;
  kind text;
  depth int;
begin
  if block @? '$.** ? (@.type == "unary" && (@.value.kind == 4 && !exists(@.value.ffiName)
      || @.value.kind != 4 && exists(@.value.ffiName)))'
    or block @? '$.** ? (@.type == "binary" && (@.value.kind == 28 && !exists(@.value.ffiName)
      || @.value.kind != 28 && exists(@.value.ffiName)))' then
    perform writ.refuse('malformed_token');
  end if;
  for one in select jsonb_path_query(block, 'strict $.**.expressions[*]') loop
    if jsonb_array_length(jsonb_path_query_array(one, 'strict $.**.ops[*]')) > 64 then
      perform writ.refuse('limits_exceeded');
    end if;
  end loop;
  for one in select jsonb_path_query(block, 'strict $.**.ops') loop
    depth := 0;
    for kind in select op ->> 'type' from jsonb_array_elements(one) op loop
      depth := depth + case kind when 'binary' then -1 when 'unary' then 0 else 1 end;
      if depth > 16 then
        perform writ.refuse('limits_exceeded');
      end if;
    end loop;
  end loop;
end $$;

-- Decodes the content of a first-party block. `symbols` are those of the blocks before it with its own; `keys` is how
-- many public keys they list.
create function writ.check_block(block jsonb, symbols text[], keys int) returns void
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  elements jsonb;
begin
  perform writ.check_expressions(block);
  for elements in select jsonb_path_query(block, 'strict $.** ? (@.type == "set").value.elements') loop
    if jsonb_array_length(elements) > 32 then
      perform writ.refuse('limits_exceeded');
    end if;
    if elements @? '$[*] ? (@.type == "variable")'
      or (select count(distinct element ->> 'type') from jsonb_array_elements(elements) element) > 1 then
      perform writ.refuse('malformed_token');
    end if;
  end loop;
  if exists (select from jsonb_path_query(block, '$.** ? (@.type == "bytes").value') value where length(value #>> '{}') > 8192)
    or exists (select from jsonb_path_query(block, 'strict $.**.body') body where jsonb_array_length(body) > 64) then
    perform writ.refuse('limits_exceeded');
  end if;
  if block @? '$.facts[*].predicate.terms[*] ? (@.type == "variable")'
    or exists (
      select from jsonb_path_query(block, '$.** ? (@.type == "string" || @.type == "variable").value') symbol
      where writ.symbol(symbols, symbol::numeric) is null)
    or exists (
      select from jsonb_path_query(block, '$.**.name') symbol
      where writ.symbol(symbols, symbol::numeric) is null)
    or exists (
      select from jsonb_path_query(block, '$.** ? (@.type == "publicKey").value') key
      where key::numeric not between 0 and keys - 1) then
    perform writ.refuse('malformed_token');
  end if;
end $$;

-- A symbol by its number; null if there is none.
create function writ.symbol(symbols text[], index numeric) returns text
language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select case
    when index between 0 and 27 then (('{read,write,resource,operation,right,time,role,owner,tenant,namespace,user,team,'
      'service,admin,email,group,member,ip_address,client,client_ip,domain,path,version,cluster,node,hostname,nonce,query}'
      )::text[])[index::int + 1]
    when index between 1024 and 100000 then symbols[index::int - 1023] end
$$;

-- Decodes a token: {"rootKeyId" (-1 for none), "blocks": [{"block", "nextKey", "signature", "version", "content", "symbols"}], "proof"}.
create function writ.decode_token(token text) returns jsonb
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  envelope jsonb := writ.decode_message(writ.decode_base64url(token), 'biscuit');
  decoded jsonb[];
  blocks jsonb[];
  one jsonb;
  content jsonb;
  least bigint := 0;
  version bigint;
  symbols text[] := '{}';
  keys text[] := '{}';
  facts int := 0;
  checks int := 0;
begin
  select array_agg(writ.decode_message(decode(bytes, 'hex'), 'signedBlock') order by place) into decoded
  from jsonb_array_elements_text(jsonb_build_array(envelope -> 'authority') || coalesce(envelope -> 'blocks', '[]'))
    with ordinality as wire (bytes, place);
  if cardinality(decoded) > 32
    or cardinality(decoded) + (select count(*) from unnest(decoded) block where block ? 'external')
      + (envelope -> 'proof' ->> 'type' = 'finalSignature')::int > 40 then
    perform writ.refuse('limits_exceeded');
  end if;
  for place in 1 .. cardinality(decoded) loop
    one := decoded[place];
    version := coalesce((one -> 'version')::bigint, 0);
    -- Only layout 1 covers the signature before. A block of layout 0 after it could be moved to another token.
    if version > 1 or version < least or one ? 'external' and (place = 1 or version <> 1) then
      perform writ.refuse('malformed_token');
    end if;
    least := version;
  end loop;
  foreach one in array decoded loop
    perform writ.check_key(one -> 'nextKey');
    if one ? 'external' then
      perform writ.refuse('third_party_block');
    end if;
    content := writ.decode_message(decode(one ->> 'block', 'hex'), 'block');
    if exists (select from jsonb_path_query(content, 'strict $.**.scope') scope where jsonb_array_length(scope) > 32)
      or exists (select from jsonb_array_elements_text(content -> 'symbols') symbol where octet_length(symbol) > 4096) then
      perform writ.refuse('limits_exceeded');
    end if;
    perform writ.check_version(content);
    perform writ.check_key(key) from jsonb_array_elements(content -> 'publicKeys') key;
    symbols := symbols || array(select jsonb_array_elements_text(content -> 'symbols'));
    keys := keys || array(select key ->> 'key' from jsonb_array_elements(content -> 'publicKeys') key);
    if (select count(distinct symbol) <> count(*) from unnest(symbols) symbol)
      or (select count(distinct key) <> count(*) from unnest(keys) key)
      or exists (select from generate_series(0, 27) number where writ.symbol('{}', number) = any (symbols)) then
      perform writ.refuse('malformed_token');
    end if;
    perform writ.check_block(content, symbols, cardinality(keys));
    facts := facts + coalesce(jsonb_array_length(content -> 'facts'), 0);
    checks := checks + coalesce(jsonb_array_length(content -> 'checks'), 0);
    blocks := blocks || (one || jsonb_build_object('content', content));
  end loop;
  if facts > 256 or checks > 128 then
    perform writ.refuse('limits_exceeded');
  end if;
  return jsonb_build_object('rootKeyId', coalesce(envelope -> 'rootKeyId', '-1'), 'blocks', to_jsonb(blocks), 'proof', envelope -> 'proof',
    'symbols', to_jsonb(symbols));
end $$;
