-- What a proven token says, if it has only the statements that Writ mints and narrows with:
--   right({subject}, {resource}, {operation});                                              once, in the authority block
--   check if resource($res), operation($op), right($sub, $res, $op);                        in the authority block
--   check if time($t), $t < {end};  check if designation({label}, {value});
--   check if designation({label}, {value}) trusting {key};  check if activation($a) trusting {key};
-- Every other statement is `unsupported_shape`.

-- A predicate as [name, term, ...]. A term is {"s": text}, {"v": name} for a variable, or {} for any other.
create function writ.read_predicate(predicate jsonb, symbols text[]) returns jsonb
language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_array(writ.symbol(symbols, (predicate -> 'name')::numeric)) || coalesce((
    select jsonb_agg(case term ->> 'type'
      when 'string' then jsonb_build_object('s', writ.symbol(symbols, (term -> 'value')::numeric))
      when 'variable' then jsonb_build_object('v', writ.symbol(symbols, (term -> 'value')::numeric))
      else '{}' end order by place)
    from jsonb_array_elements(predicate -> 'terms') with ordinality as terms (term, place)), '[]')
$$;

-- A check as one of ["right"], ["time", end], ["designation", label, value, is attested], ["activation"]; null if it is
-- none of them.
create function writ.read_check(written jsonb, symbols text[], is_authority boolean) returns jsonb
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  query jsonb := written -> 'queries' -> 0;
  body jsonb;
  first jsonb;
  expressions jsonb := coalesce(query -> 'expressions', '[]');
  ops jsonb := coalesce(query -> 'expressions' -> 0 -> 'ops', '[]');
  scope jsonb := coalesce(query -> 'scope', '[]');
  is_plain boolean := scope = '[]';
  is_attested boolean := jsonb_array_length(scope) = 1 and scope -> 0 ->> 'type' = 'publicKey';
begin
  if written ? 'kind' or jsonb_array_length(coalesce(written -> 'queries', '[]')) <> 1 then
    return null;
  end if;
  select coalesce(jsonb_agg(writ.read_predicate(predicate, symbols) order by place), '[]') into body
  from jsonb_array_elements(query -> 'body') with ordinality as wire (predicate, place);
  first := body -> 0;
  if jsonb_array_length(body) = 3 and is_authority and is_plain and expressions = '[]' then
    -- The same variable for the resource in both places, another for the operation, a third for the subject.
    if first ->> 0 = 'resource' and jsonb_array_length(first) = 2
      and body -> 1 ->> 0 = 'operation' and jsonb_array_length(body -> 1) = 2
      and body -> 2 ->> 0 = 'right' and jsonb_array_length(body -> 2) = 4
      and (select count(distinct term) = 3 from jsonb_array_elements(body -> 2) term where term ? 'v')
      and body -> 2 -> 2 = first -> 1 and body -> 2 -> 3 = body -> 1 -> 1 then
      return '["right"]';
    end if;
  elsif jsonb_array_length(body) = 1 then
    if first ->> 0 = 'designation' and jsonb_array_length(first) = 3 and first -> 1 ? 's' and first -> 2 ? 's'
      and expressions = '[]' and (is_plain or is_attested and first -> 1 ->> 's' not in ('anchor', 'facet')) then
      return jsonb_build_array('designation', first -> 1 -> 's', first -> 2 -> 's', is_attested);
    elsif first ->> 0 = 'activation' and jsonb_array_length(first) = 2 and first -> 1 ? 'v' and expressions = '[]' and is_attested then
      return '["activation"]';
    elsif first ->> 0 = 'time' and jsonb_array_length(first) = 2 and first -> 1 ? 'v' and is_plain
      and jsonb_array_length(expressions) = 1 and jsonb_array_length(ops) = 3
      and ops #> '{0,value,type}' = '"variable"' and ops #> '{0,value,value}' = query #> '{body,0,terms,0,value}'
      and ops #> '{1,value,type}' = '"integer"' and ops -> 2 = '{"type": "binary", "value": {"kind": 0}}' then
      return jsonb_build_array('time', ops #> '{1,value,value}');
    end if;
  end if;
  return null;
end $$;

-- The claims of a proven token: {"subject", "resource", "operation", "expires", "ids", "checks"}.
create function writ.read_claims(token jsonb) returns jsonb
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  -- A block sees the symbols of those before it, and numbers beyond were refused: one table serves all.
  symbols text[] := array(select jsonb_array_elements_text(token -> 'symbols'));
  authority jsonb := token -> 'blocks' -> 0 -> 'content';
  facts jsonb;
  block jsonb;
  place bigint;
  written jsonb;
  one jsonb;
  checks jsonb := '[]';
  is_supported boolean := true;
  ends_in_authority boolean := false;
  expires bigint;
begin
  -- What core supports in no kind of token: before the kind, as in core.
  if token @? '$.blocks[*].content.rules' or token @? '$.blocks[*].content.checks[*].queries[*].head.terms'
    or token @? '$.blocks[*].content.** ? (@.type == "array" || @.type == "map" || @.type == "closure" && exists(@.value.params)
      || @.type == "unary" && @.value.kind == 4
      || @.type == "binary" && (@.value.kind == 8 || @.value.kind >= 25))' then
    perform writ.refuse('unsupported_shape');
  end if;
  select coalesce(jsonb_agg(writ.read_predicate(fact -> 'predicate', symbols)), '[]') into facts
  from jsonb_array_elements(authority -> 'facts') fact;
  -- One key signs every kind of token. The facts of the authority block say which kind it is.
  if not facts @? 'strict $[*] ? (@[0] == "right" && @.size() == 4)'
    or facts @? 'strict $[*] ? ((@[0] == "subject" || @[0] == "context") && @.size() == 2)' then
    perform writ.refuse('wrong_kind');
  end if;
  if jsonb_array_length(facts) > 1 then
    perform writ.refuse('unsupported_shape');
  end if;
  if not (facts #> '{0,1}' ? 's' and facts #> '{0,2}' ? 's' and facts #> '{0,3}' ? 's') then
    perform writ.refuse('wrong_kind');
  end if;
  for block, place in
    select one_block -> 'content', number from jsonb_array_elements(token -> 'blocks') with ordinality as wire (one_block, number)
  loop
    if block ? 'scope' or place > 1 and block ? 'facts' then
      perform writ.refuse('unsupported_shape');
    end if;
    for written in select jsonb_array_elements(block -> 'checks') loop
      one := writ.read_check(written, symbols, place = 1);
      if one is null then
        is_supported := false;
      else
        checks := checks || jsonb_build_array(one);
        if one ->> 0 = 'time' then
          ends_in_authority := ends_in_authority or place = 1;
          expires := least(expires, (one -> 1)::bigint);
        end if;
      end if;
    end loop;
  end loop;
  if not is_supported then
    perform writ.refuse('unsupported_shape');
  elsif not ends_in_authority then
    -- A token that never ends is a key, not a capability.
    perform writ.refuse('unsupported_block');
  end if;
  return jsonb_build_object(
    'subject', facts #> '{0,1,s}', 'resource', facts #> '{0,2,s}', 'operation', facts #> '{0,3,s}', 'expires', expires,
    'ids', (select jsonb_agg(signed -> 'signature') from jsonb_array_elements(token -> 'blocks') signed), 'checks', checks);
end $$;

-- Decides the checks, in written order, for a request that names all that they designate; whether it does is for
-- `writ.allows` and the policies. Returns the designations.
create function writ.judge(claims jsonb, anchor text) returns jsonb
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  designations jsonb := '{}';
  steps int := 0;
  is_anchored boolean := anchor is null;
  lacks_attestation boolean := false;
  one jsonb;
  label text;
  value text;
begin
  for one in select jsonb_array_elements(claims -> 'checks') loop
    label := one ->> 1;
    value := one ->> 2;
    -- As core counts them (packages/core/src/internal/evaluate): its verdict is the same everywhere.
    steps := steps + case one ->> 0
      when 'right' then 10 + 3 * writ.utf16_length(claims ->> 'resource') / 64 + 3 * writ.utf16_length(claims ->> 'operation') / 64
      when 'time' then 7
      when 'designation' then 5 + 3 * writ.utf16_length(label) / 64 + 3 * writ.utf16_length(value) / 64
      else 1 end;
    if steps > 10000 then
      perform writ.refuse('limits_exceeded');
    end if;
    case one ->> 0
      when 'activation' then perform writ.refuse('not_activated');
      when 'designation' then
        if label = 'facet' then
          perform writ.refuse('already_used');
        elsif label = 'anchor' then
          if value is distinct from anchor then
            perform writ.refuse('wrong_anchor');
          end if;
          is_anchored := true;
        elsif label = '' then
          -- No request can name it.
          perform writ.refuse('missing_designation');
        elsif coalesce(designations ->> label, value) <> value then
          perform writ.refuse('wrong_designation');
        else
          designations := designations || jsonb_build_object(label, value);
          lacks_attestation := lacks_attestation or (one -> 3)::boolean;
        end if;
      else null;
    end case;
  end loop;
  if lacks_attestation then
    perform writ.refuse('missing_designation');
  elsif not is_anchored then
    perform writ.refuse('wrong_anchor');
  end if;
  return designations;
end $$;
