import { expectTypeOf, it } from 'vitest'
import { type Inspection, inspect, type VerifiedCapability } from '../src/index.ts'

declare function act(capability: VerifiedCapability): void

it('what was only read is marked so, and is no verified capability', async () => {
  expectTypeOf(inspect('token')).resolves.toEqualTypeOf<Inspection<false>>()
  expectTypeOf((await inspect('token')).verified).toEqualTypeOf<false>()
  // @ts-expect-error: nobody has verified it
  act(await inspect('token'))
})

it('nor is what was proven, but held against no request', async () => {
  expectTypeOf((await inspect('token', 'ed25519/00')).verified).toEqualTypeOf<true>()
  // @ts-expect-error: proven is not permitted
  act(await inspect('token', 'ed25519/00'))
})
