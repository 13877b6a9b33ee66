import { type Resolver, ResolverError } from '@writ/engine'

/**
 * Names the tenant of its own systems: `tenant:acme` and all names below it are for objects of acme. Whoever asks for
 * another tenant's is refused, since the two values conflict. Names nothing for other subjects.
 */
export const nameTenant: Resolver = ({ subject }) => {
  const [kind, tenantId] = subject.split(':')
  if (kind !== 'tenant') return {}
  // The object of the policy itself, which is nobody's.
  if (tenantId === undefined) throw new ResolverError('the subject names no tenant', 'tenantId')
  return { tenantId }
}
