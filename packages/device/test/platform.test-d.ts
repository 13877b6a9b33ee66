import { expectTypeOf, it } from 'vitest'
import type { PlatformCrypto } from '../../core/src/internal/crypto/platform-crypto.ts'
import type { platform } from '../src/platform.ts'

it('stands in for the crypto of core', () => {
  expectTypeOf<ReturnType<typeof platform>>().toExtend<PlatformCrypto>()
})
