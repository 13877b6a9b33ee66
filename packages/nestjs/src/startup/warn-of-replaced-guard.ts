import { type ModuleRef, ModulesContainer } from '@nestjs/core'
import { CapabilityGuard, WRIT_GUARD } from '../capability-guard.ts'
import { overridingGuard } from '../internal/guard-of-app.ts'

/** Warns of a testing module that has replaced the guard, since its app checks no token. */
export function warnOfReplacedGuard(moduleRef: ModuleRef): void {
  const isReplaced =
    !(moduleRef.get(WRIT_GUARD, { strict: false }) instanceof CapabilityGuard) ||
    overridingGuard(moduleRef.get(ModulesContainer, { strict: false })) !== undefined
  if (!isReplaced) return
  process.emitWarning('A testing module has replaced CapabilityGuard: this app checks no token', {
    type: 'WritWarning',
    code: 'WRIT_GUARD_REPLACED',
    detail: 'To test with tokens, keep the guard and override WRIT_TEST_OPTIONS.',
  })
}
