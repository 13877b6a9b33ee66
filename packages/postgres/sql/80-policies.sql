-- What policies ask. Write `(select writ.…)`: then PostgreSQL evaluates it once a query, and can use an index. PL/pgSQL,
-- because it keeps its plans for the session: an SQL function that cannot be inlined is planned at each call.

-- Whether the transaction has presented a capability for an operation on a resource, and every such capability names
-- the object by no other labels than these. A policy must compare each of them: a label that it does not know would
-- be ignored, and the capability would be good for more than it says.
create function writ.allows(resource text, operation text, variadic labels text[] default '{}') returns boolean
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb;
  is_allowed boolean := false;
begin
  foreach claims in array writ.session() loop
    if claims ->> 'resource' = resource and claims ->> 'operation' = operation then
      if ((claims -> 'designations') - labels = '{}') is not true then
        return false;
      end if;
      is_allowed := true;
    end if;
  end loop;
  return is_allowed;
end $$;

-- The value that a label has in every capability that was presented for an operation on a resource; null where one of
-- them lacks the label or has another value. Without a resource: in everything that was presented.
create function writ.designation(label text, resource text default null, operation text default null) returns text
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb;
  own text;
  common text;
begin
  foreach claims in array writ.session() loop
    if claims ->> 'resource' = coalesce(resource, claims ->> 'resource')
      and claims ->> 'operation' = coalesce(operation, claims ->> 'operation') then
      own := claims -> 'designations' ->> label;
      if own is null or own <> common then
        return null;
      end if;
      common := own;
    end if;
  end loop;
  return common;
end $$;

-- Whether a capability that was presented for an operation on a resource has the label: for labels that a capability may
-- have. Where several disagree this is true and `writ.designation` is null, so a comparison of both shows nothing.
create function writ.names(label text, resource text, operation text) returns boolean
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb;
begin
  foreach claims in array writ.session() loop
    if claims ->> 'resource' = resource and claims ->> 'operation' = operation and claims -> 'designations' ? label then
      return true;
    end if;
  end loop;
  return false;
end $$;

-- Whom everything that was presented was issued to; null if it was issued to several.
create function writ.subject() returns text
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb;
  common text;
begin
  foreach claims in array writ.session() loop
    if claims ->> 'subject' <> common then
      return null;
    end if;
    common := claims ->> 'subject';
  end loop;
  return common;
end $$;
