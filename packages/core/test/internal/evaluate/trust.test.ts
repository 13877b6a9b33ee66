import { expect, it } from 'vitest'
import { mintCapability } from '../../../src/index.ts'
import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import { checksOf } from '../../../src/internal/evaluate/check.ts'
import { Work } from '../../../src/internal/evaluate/work.ts'
import { statedWorld } from '../../../src/internal/evaluate/world.ts'
import { decodeToken, type Token } from '../../../src/internal/token/decode-token.ts'
import { appendBlock } from '../../../src/internal/write/append-block.ts'
import { readSigningKey } from '../../../src/internal/write/read-signing-key.ts'
import { predicate } from '../../../src/internal/write/statements.ts'
import { activator, root } from '../../support/keys.ts'
import { satisfied } from '../../support/oracle/satisfied.ts'
import { NOW } from '../../support/verify.ts'

it('a decoded block that stands in two tokens trusts in each only what its key signed there', async () => {
  const right = { subject: 'alice', resource: 'invoices', operation: 'read', activator: activator.publicKey }
  const latent = decodeToken(await mintCapability({ ...right, now: () => NOW }, root.privateKey), DEFAULT_LIMITS)
  const activate = async (privateKey?: string): Promise<Token> => {
    const signer = privateKey === undefined ? undefined : await readSigningKey(privateKey)
    const written = await appendBlock(latent, (block) => block.fact(predicate('activation', NOW)), signer)
    return written.read(DEFAULT_LIMITS)
  }
  const isActive = ({ blocks }: Token): boolean => {
    const waits = checksOf(blocks).find(({ check }) => check.queries[0]?.body[0]?.name === 'activation')
    if (waits === undefined) throw new Error('the token waits for nothing')
    return satisfied(waits, blocks, statedWorld(blocks), new Work(DEFAULT_LIMITS.steps))
  }
  const [byActivator, byHolder] = [await activate(activator.privateKey), await activate()]
  expect(byActivator.blocks[0]).toBe(byHolder.blocks[0])
  expect([byActivator, byHolder, byActivator].map(isActive)).toEqual([true, false, true])
})
