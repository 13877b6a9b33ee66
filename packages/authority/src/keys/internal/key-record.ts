import type { AuditRecord } from '../../audit/audit-record.ts'
import type { KeyPurpose } from '../key-provider.ts'

/** The record of what happened to a key. */
export function keyRecord(
  kind: 'key.created' | 'key.activated' | 'key.retired',
  key: { readonly id: number; readonly publicKey: string },
  purpose: KeyPurpose,
  actor?: string,
): AuditRecord {
  return {
    kind,
    decision: 'allowed',
    actor,
    resource: 'authority.keys',
    detail: { keyId: key.id, purpose, publicKey: key.publicKey },
  }
}
