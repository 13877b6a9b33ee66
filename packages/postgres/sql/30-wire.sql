-- Strict protobuf, the mirror of packages/core/src/internal/wire: an unknown or repeated field, a varint that is not in
-- its shortest form, an enum value without a name are all malformed.

-- Reads a varint at a position (from 0) and returns it with the position after it. Values from 2^63 on come out
-- negative, as 64 bits in two's complement.
create function writ.read_varint(bytes bytea, start int) returns bigint[]
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  value bigint := 0;
  byte int;
begin
  for i in 0 .. 9 loop
    exit when start + i >= length(bytes);
    byte := get_byte(bytes, start + i);
    exit when i = 9 and byte <> 1;
    value := value | ((byte & 127)::bigint << (7 * i));
    if byte < 128 then
      exit when byte = 0 and i > 0;
      return array[value, start + i + 1];
    end if;
  end loop;
  perform writ.refuse('malformed_token');
end $$;

-- The value of a varint as its codec has it.
create function writ.decode_varint(value bigint, codec text) returns jsonb
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  -- The greatest value. Of enums, the number of names less one.
  most bigint := case codec
    when 'uint32' then 4294967295 when 'bool' then 1 when 'algorithm' then 1 when 'kind' then 2 when 'scopeType' then 1
    when 'unaryKind' then 4 when 'binaryKind' then 29 end;
begin
  if value < 0 and codec <> 'int64' and codec <> 'uint64' or value > most then
    perform writ.refuse('malformed_token');
  end if;
  return to_jsonb(value);
end $$;

-- Decodes a message of a shape. Messages with one of several arms come out as {"type", "value"}, bytes as hex.
create function writ.decode_message(bytes bytea, shape text, depth int default 0) returns jsonb
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  names text[];
  codecs text[];
  -- For each field: once (1), at most once (?), often (*), or (|) one arm of several.
  occurs text;
  is_varint boolean;
  place int := 0;
  stop int := length(bytes);
  pair bigint[];
  field int;
  name text;
  codec text;
  part bytea;
  value jsonb;
  result jsonb := '{}';
begin
  case shape
    when 'term' then
      names := '{variable,integer,string,date,bytes,bool,set,null,array,map}';
      codecs := '{uint32,int64,index,uint64,bytes,bool,set,empty,bytes,bytes}'; occurs := '||||||||||';
    when 'element' then
      names := '{variable,integer,string,date,bytes,bool,null,null,array,map}';
      codecs := '{uint32,int64,index,uint64,bytes,bool,none,empty,bytes,bytes}'; occurs := '||||||||||';
    when 'predicate' then names := '{name,terms}'; codecs := '{index,term}'; occurs := '1*';
    when 'rule' then
      names := '{head,body,expressions,scope}'; codecs := '{predicate,predicate,expression,scope}'; occurs := '1***';
    when 'check' then names := '{queries,kind}'; codecs := '{rule,kind}'; occurs := '*?';
    when 'expression' then names := '{ops}'; codecs := '{op}'; occurs := '*';
    when 'op' then
      names := '{value,unary,binary,closure}'; codecs := '{term,unary,binary,closure}'; occurs := '||||';
    when 'unary' then names := '{kind,ffiName}'; codecs := '{unaryKind,uint64}'; occurs := '1?';
    when 'binary' then names := '{kind,ffiName}'; codecs := '{binaryKind,uint64}'; occurs := '1?';
    when 'closure' then names := '{params,ops}'; codecs := '{uint32,op}'; occurs := '**';
    when 'set' then names := '{elements}'; codecs := '{element}'; occurs := '*';
    when 'empty' then names := '{}'; codecs := '{}'; occurs := '';
    when 'scope' then names := '{scopeType,publicKey}'; codecs := '{scopeType,int64}'; occurs := '||';
    when 'fact' then names := '{predicate}'; codecs := '{predicate}'; occurs := '1';
    when 'block' then
      names := '{symbols,context,version,facts,rules,checks,scope,publicKeys}';
      codecs := '{string,string,uint32,fact,rule,check,scope,key}'; occurs := '*??*****';
    when 'key' then names := '{algorithm,key}'; codecs := '{algorithm,bytes}'; occurs := '11';
    when 'external' then names := '{signature,publicKey}'; codecs := '{bytes,key}'; occurs := '11';
    when 'signedBlock' then
      names := '{block,nextKey,signature,external,version}'; codecs := '{bytes,key,bytes,external,uint32}';
      occurs := '111??';
    when 'proof' then names := '{nextSecret,finalSignature}'; codecs := '{bytes,bytes}'; occurs := '||';
    when 'biscuit' then
      names := '{rootKeyId,authority,blocks,proof}'; codecs := '{uint32,bytes,bytes,proof}'; occurs := '?1*1';
  end case;
  if depth > 64 then
    perform writ.refuse('malformed_token');
  end if;
  while place < stop loop
    pair := writ.read_varint(bytes, place);
    if pair[1] not between 0 and 4294967295 then
      perform writ.refuse('malformed_token');
    end if;
    field := pair[1] >> 3;
    codec := codecs[field];
    is_varint := codec in ('uint32', 'int64', 'uint64', 'index', 'bool', 'algorithm', 'kind', 'scopeType', 'unaryKind', 'binaryKind');
    if codec is null or codec = 'none' or (pair[1] & 7) <> (case when is_varint then 0 else 2 end) then
      perform writ.refuse('malformed_token');
    end if;
    name := names[field];
    pair := writ.read_varint(bytes, pair[2]::int);
    place := pair[2];
    if is_varint then
      value := writ.decode_varint(pair[1], codec);
    else
      if pair[1] not between 0 and stop - place then
        perform writ.refuse('malformed_token');
      end if;
      part := substr(bytes, place + 1, pair[1]::int);
      place := place + pair[1];
      if codec = 'bytes' then
        value := to_jsonb(encode(part, 'hex'));
      elsif codec = 'string' then
        if position('\x00'::bytea in part) > 0 then
          -- PostgreSQL has no text with this character.
          perform writ.refuse('unsupported_shape');
        end if;
        value := to_jsonb(convert_from(part, 'UTF8'));
      else
        value := writ.decode_message(part, codec, depth + 1);
      end if;
    end if;
    case substr(occurs, field, 1)
      when '|' then
        if place <> stop then
          perform writ.refuse('malformed_token');
        end if;
        return jsonb_build_object('type', name, 'value', value);
      when '*' then
        -- No list of what Writ writes is as long: 128 checks, their strings, and a few more.
        if jsonb_array_length(coalesce(result -> name, '[]')) >= 320 then
          perform writ.refuse('unsupported_shape');
        end if;
        result := result || jsonb_build_object(name, coalesce(result -> name, '[]') || jsonb_build_array(value));
      else
        if result ? name then
          perform writ.refuse('malformed_token');
        end if;
        result := result || jsonb_build_object(name, value);
    end case;
  end loop;
  for field in 1 .. length(occurs) loop
    -- An empty message has no arm.
    if substr(occurs, field, 1) in ('1', '|') and not result ? names[field] then
      perform writ.refuse('malformed_token');
    end if;
  end loop;
  return result;
end $$;
