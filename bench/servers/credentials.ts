// The same right as a capability and as a JWT, in a form that is sent to the services.
import { generateKeyPair } from '@writ/core'
import { exportJWK, generateKeyPair as generateJwtKeys, type JWK, SignJWT } from 'jose'
import { ANCHOR, DESIGNATIONS, mintBlocks } from '../support/tokens.ts'
import { AUDIENCE, ISSUER } from './claims.ts'

export interface Credentials {
  readonly capability: { readonly publicKey: string; readonly anchor: string; readonly token: string }
  readonly EdDSA: JwtCredential
  readonly RS256: JwtCredential
}

export interface JwtCredential {
  readonly jwk: JWK & { readonly kid: string }
  readonly token: string
}

/** The capability has two blocks, two designations and an anchor. */
export async function makeCredentials(): Promise<Credentials> {
  const keys = await generateKeyPair()
  const capability = { publicKey: keys.publicKey, anchor: ANCHOR, token: await mintBlocks(keys, 2) }
  return { capability, EdDSA: await makeJwt('EdDSA'), RS256: await makeJwt('RS256') }
}

async function makeJwt(algorithm: 'EdDSA' | 'RS256'): Promise<JwtCredential> {
  const { privateKey, publicKey } = await generateJwtKeys(algorithm, { crv: 'Ed25519', extractable: true })
  const token = await new SignJWT({ ...DESIGNATIONS })
    .setProtectedHeader({ alg: algorithm, kid: 'k1' })
    .setSubject('alice')
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('1d')
    .sign(privateKey)
  return { token, jwk: { ...(await exportJWK(publicKey)), kid: 'k1', alg: algorithm, use: 'sig' } }
}
