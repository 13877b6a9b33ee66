import { createHash, randomBytes } from 'node:crypto'

/** Lets scanners of repositories and logs find it. */
const PREFIX = 'writ-enrolment-'
const SECRET_BYTES = 32

/** A new secret: 256 random bits. */
export function createSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`
}

/** What is kept of a secret. It has 256 random bits, so a plain hash cannot be guessed. Takes whatever a stranger sends. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
