/*
 * Ed25519 by libsodium, in place of the PL/pgSQL of sql/20-ed25519.sql, with the same rules: S is below the order of the group,
 * and neither the key nor R is of small order or in a second encoding. Whatever is wrong is false or an error, never true.
 */
#include "postgres.h"

#include "fmgr.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include <sodium.h>

PG_MODULE_MAGIC;

void		_PG_init(void);

PG_FUNCTION_INFO_V1(writ_verify_ed25519);
PG_FUNCTION_INFO_V1(writ_is_ed25519_pair);

void
_PG_init(void)
{
	if (sodium_init() < 0)
		ereport(ERROR, (errmsg("libsodium cannot be used")));
}

static const unsigned char *
bytes_of(bytea *value)
{
	return (const unsigned char *) VARDATA_ANY(value);
}

/* (key, signature, message): whether 64 bytes are a signature of a message by a key of 32 bytes. */
Datum
writ_verify_ed25519(PG_FUNCTION_ARGS)
{
	bytea	   *key = PG_GETARG_BYTEA_PP(0);
	bytea	   *signature = PG_GETARG_BYTEA_PP(1);
	bytea	   *message = PG_GETARG_BYTEA_PP(2);

	if (VARSIZE_ANY_EXHDR(key) != crypto_sign_ed25519_PUBLICKEYBYTES ||
		VARSIZE_ANY_EXHDR(signature) != crypto_sign_ed25519_BYTES)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(crypto_sign_ed25519_verify_detached(bytes_of(signature), bytes_of(message),
													   VARSIZE_ANY_EXHDR(message), bytes_of(key)) == 0);
}

/* (seed, key): whether a seed of 32 bytes is the private key of a public key. */
Datum
writ_is_ed25519_pair(PG_FUNCTION_ARGS)
{
	bytea	   *seed = PG_GETARG_BYTEA_PP(0);
	bytea	   *key = PG_GETARG_BYTEA_PP(1);
	unsigned char derived[crypto_sign_ed25519_PUBLICKEYBYTES];
	unsigned char secret[crypto_sign_ed25519_SECRETKEYBYTES];
	bool		is_pair;

	if (VARSIZE_ANY_EXHDR(seed) != crypto_sign_ed25519_SEEDBYTES ||
		VARSIZE_ANY_EXHDR(key) != crypto_sign_ed25519_PUBLICKEYBYTES ||
		crypto_sign_ed25519_seed_keypair(derived, secret, bytes_of(seed)) != 0)
		PG_RETURN_BOOL(false);
	is_pair = sodium_memcmp(derived, bytes_of(key), sizeof derived) == 0;
	sodium_memzero(secret, sizeof secret);
	PG_RETURN_BOOL(is_pair);
}
