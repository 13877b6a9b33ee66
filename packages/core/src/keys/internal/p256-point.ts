import { p256 } from '@noble/curves/nist.js'
import type { Bytes } from '../../internal/base/bytes.ts'

/** The compressed form of a SEC1 point in either form; `undefined` if it is not a point of the curve. */
export function compressedPoint(point: Bytes): Bytes | undefined {
  try {
    return new Uint8Array(p256.Point.fromBytes(point).toBytes(true))
  } catch {
    return undefined
  }
}

/** The 65 bytes of a compressed point, which must be a point of the curve. */
export function uncompressedPoint(point: Bytes): Bytes {
  return new Uint8Array(p256.Point.fromBytes(point).toBytes(false))
}
