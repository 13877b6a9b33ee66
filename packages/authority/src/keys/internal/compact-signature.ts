const COMPACT_LENGTH = 64
const COORDINATE_LENGTH = 32
const SEQUENCE = 0x30
const INTEGER = 0x02

/** The 64 bytes of a signature. A signer of P-256 may return DER (RFC 3279, section 2.2.3) instead. */
export function compactSignature(publicKey: string, signature: Buffer): Buffer {
  if (publicKey.startsWith('ed25519/') || signature.length === COMPACT_LENGTH) return signature
  if (signature[0] !== SEQUENCE || signature[1] !== signature.length - 2) throw malformed()
  const r = readInteger(signature, 2)
  const s = readInteger(signature, r.end)
  if (s.end !== signature.length) throw malformed()
  return Buffer.concat([r.bytes, s.bytes])
}

function readInteger(der: Buffer, start: number): { readonly bytes: Buffer; readonly end: number } {
  const end = start + 2 + (der[start + 1] ?? der.length)
  if (der[start] !== INTEGER || end > der.length) throw malformed()
  const value = der.subarray(start + 2, end)
  const digits = value[0] === 0 ? value.subarray(1) : value
  if (digits.length > COORDINATE_LENGTH) throw malformed()
  return { bytes: Buffer.concat([Buffer.alloc(COORDINATE_LENGTH - digits.length), digits]), end }
}

function malformed(): Error {
  return new Error('the signer returned no signature')
}
