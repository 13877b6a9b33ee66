-- Has the schema `writ` verify signatures by libsodium: run it once as a superuser, after the migration, in one transaction.
-- Where the module cannot be loaded, every new token is refused (`unavailable`).
create or replace function writ.verify_ed25519(key bytea, signature bytea, message bytea) returns boolean
language c immutable strict parallel safe set search_path = pg_catalog, pg_temp as '$libdir/writ_ed25519', 'writ_verify_ed25519';

create or replace function writ.is_ed25519_pair(seed bytea, key bytea) returns boolean
language c immutable strict parallel safe set search_path = pg_catalog, pg_temp as '$libdir/writ_ed25519', 'writ_is_ed25519_pair';

-- Some builds of libsodium accept what @writ/core does not: such a one is not taken.
do $$
declare
  seed bytea := '\x4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
  key bytea := '\x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
  signature bytea := '\x92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'::bytea
    || '\x085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
  neutral bytea := '\x0100000000000000000000000000000000000000000000000000000000000000';
begin
  -- RFC 8032, section 7.1, test 2; then one byte less, and a signature that is good under the neutral element for any message.
  if not writ.verify_ed25519(key, signature, '\x72') or writ.verify_ed25519(key, signature, '')
    or writ.verify_ed25519(neutral, neutral || decode(repeat('00', 32), 'hex'), '\x72')
    or not writ.is_ed25519_pair(seed, key) or writ.is_ed25519_pair(key, key) then
    raise exception 'this libsodium does not verify as Writ does';
  end if;
end $$;
