import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire'
import { createVerifier, type VerifierOptions } from '@writ/core'
import { createTestAuthority } from '@writ/testing'

export const authority = await createTestAuthority()
export const READ = { resource: 'invoices', operation: 'read' }

/** What a verifier of `READ` says: `allowed`, or the code of its refusal. */
export function verdict(token: string, options: Partial<VerifierOptions>, request: object = {}): Promise<string> {
  const verifier = createVerifier({ keys: authority.publicKey, anchor: null, now: authority.now, ...options })
  return verifier.verify(token, { ...READ, ...request }).then(
    () => 'allowed',
    (error) => error.code,
  )
}

/** The token with the other encoding of its authority block's P-256 signature: as valid as before, and made without any key. */
export function reencoded(token: string): string {
  const twin = mapField(Buffer.from(token, 'base64url'), 2, (block) => mapField(block, 3, twinSignature))
  return Buffer.from(twin).toString('base64url')
}

/** The token with the statements of another's authority block under its own signature: a forgery with the id of the first. */
export function withAuthorityOf(token: string, other: string): string {
  let statements: Uint8Array | undefined
  mapField(Buffer.from(other, 'base64url'), 2, (block) => mapField(block, 1, (bytes) => (statements = bytes)))
  const forged = mapField(Buffer.from(token, 'base64url'), 2, (block) => mapField(block, 1, () => statements ?? block))
  return Buffer.from(forged).toString('base64url')
}

/** Replaces a field of a message that holds bytes, and copies the others. */
function mapField(message: Uint8Array, field: number, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const reader = new BinaryReader(message)
  const writer = new BinaryWriter()
  while (reader.pos < reader.len) {
    const start = reader.pos
    const [number, type] = reader.tag()
    if (number === field) writer.tag(number, type).bytes(change(reader.bytes()))
    else {
      reader.skip(type)
      writer.raw(message.subarray(start, reader.pos))
    }
  }
  return writer.finish()
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** (r, s) becomes (r, n - s). DER: 30 length, 02 length r, 02 length s. */
function twinSignature(der: Uint8Array): Uint8Array {
  const r = der.subarray(2, 4 + (der[3] ?? 0))
  const s = BigInt(`0x${Buffer.from(der.subarray(4 + r.length)).toString('hex')}`)
  const hex = (ORDER - s).toString(16)
  const digits = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  // An integer of DER has a sign.
  const twin = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits
  const body = Buffer.concat([r, Buffer.of(2, twin.length), twin])
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}
