-- What is kept: keys that are trusted, what is revoked, tokens that are proven, and the secret of what a transaction has
-- presented. Only the owner of the schema can read or change any of it.
do $$
begin
  if current_setting('server_version_num')::int < 140000 then
    raise exception 'writ needs PostgreSQL 14 or newer';
  end if;
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'writ needs a database with the encoding UTF8';
  end if;
end $$;

create schema writ;
revoke all on schema writ from public;
comment on schema writ is 'Capability tokens for row level security: select writ.present(token)';

-- Root public keys, by the root key id that tokens name. Tokens without an id need the row without one.
create table writ.keys (
  root_key_id bigint check (root_key_id between 0 and 4294967295),
  public_key bytea not null check (length(public_key) = 32)
);
create unique index keys_root_key_id on writ.keys (coalesce(root_key_id, -1));

-- Revocation ids: the signature of a block, in lower-case hex. One revokes every token with that block. `expires` is when
-- the last of these has expired (Unix seconds), where that is known: the row is then of no use.
create table writ.revocations (
  id text primary key check (id ~ '^([0-9a-f]{2})+$'),
  revoked_at timestamptz not null default now(),
  expires bigint
);
create index revocations_expires on writ.revocations (expires);

-- Authorities whose revocations are followed, and until when what is known of each is new enough (Unix seconds). After
-- that every token is refused.
create table writ.feeds (
  name text primary key,
  fresh_until bigint not null
);

-- The one service that this database is, as tokens name it (`anchor`). Where it is null, tokens need no anchor, and those
-- that have one are refused.
create table writ.settings (
  only_row boolean primary key default true check (only_row),
  anchor text check (anchor <> '')
);
insert into writ.settings (anchor) values (null);

-- Tokens that were accepted, by their SHA-256: the second time no signature is verified. Never the token itself. What
-- may change (keys, end, revocation) is looked at each time. Unlogged: it can be lost at any time.
create unlogged table writ.proofs (
  digest bytea primary key,
  root_key_id bigint not null,
  public_key bytea not null,
  anchor text,
  claims jsonb not null,
  revocation_ids text[] not null,
  expires bigint not null,
  family bytea not null
);
create index proofs_expires on writ.proofs (expires);
create index proofs_family on writ.proofs (family);

-- The key of the HMAC over what a transaction has presented, as its two padded halves (RFC 2104).
create table writ.secret (
  only_row boolean primary key default true check (only_row),
  inner_key bytea not null check (length(inner_key) = 64),
  outer_key bytea not null check (length(outer_key) = 64)
);

-- Replaces that key, also for transactions under way: what they have presented counts no more.
create function writ.rotate_secret() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  -- gen_random_uuid() has 122 random bits of the server's strong random numbers.
  key bytea := sha512(convert_to(
    gen_random_uuid()::text || gen_random_uuid() || gen_random_uuid() || gen_random_uuid(), 'UTF8'));
  inner_key bytea := key;
  outer_key bytea := key;
begin
  for i in 0 .. 63 loop
    inner_key := set_byte(inner_key, i, get_byte(key, i) # 54);
    outer_key := set_byte(outer_key, i, get_byte(key, i) # 92);
  end loop;
  delete from writ.secret;
  insert into writ.secret (inner_key, outer_key) values (inner_key, outer_key);
end $$;
do $$ begin perform writ.rotate_secret(); end $$;

-- The time in whole Unix seconds; it goes on during a transaction. Without a search path of its own, so that it is inlined:
-- it is only called by functions that have one.
create function writ.seconds() returns bigint
language sql volatile parallel safe as $$
  select pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp()))::pg_catalog.int8
$$;

-- Ends the statement. SQLSTATE 28W00 is of class 28, "invalid authorization specification". The message holds the code
-- and nothing of the token.
create function writ.refuse(code text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = '28W00', message = 'writ: ' || code;
end $$;
