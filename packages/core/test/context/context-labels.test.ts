import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addExposure, compoundLabel, excludeExposures, mintContext } from '../../src/index.ts'
import { contextBlock, exposureBlock, forgeContext, mint, now, verify } from '../support/contexts.ts'
import { fact } from '../support/forge/datalog.ts'
import { root } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { runs } from '../support/runs.ts'
import { expectRefused } from '../support/verify.ts'

const TRICKS: readonly (readonly [string, string, RegExp])[] = [
  ['is empty', '', /must not be empty/],
  ['is half a character', 'pii\ud800', /well-formed/],
  ['is too long', 'x'.repeat(4097), /4096 bytes/],
  ['ends a statement when printed', 'pii");\nallow if true; //', /control characters, quotes or backslashes/],
  ['has a double quote', 'p"ii', /quotes/],
  ['has a single quote', "p'ii", /quotes/],
  ['has a backslash', 'p\\ii', /backslashes/],
  ['has a line break', 'pii\n', /control characters/],
  ['has a null character', 'pii\0', /control characters/],
  ['has a C1 control character', 'pii\u0085', /control characters/],
  ['is another spelling of the same', 'cafe\u0301', /normalization form C/],
  ['is a compound in another order', 'secret&pii', /compoundLabel/],
  ['is a compound that names a member twice', 'pii&pii', /compoundLabel/],
  ['is a compound without a second member', 'pii&', /compoundLabel/],
  ['is nothing but the separator', '&', /compoundLabel/],
]

describe('a label', () => {
  it.each(TRICKS)('a label that %s is refused by every function that takes labels', async (_name, label, message) => {
    const token = await mint()
    const labels = ['web', label]
    for (const attempt of [
      () => mintContext({ subject: 'agent:alice', exposures: labels, now }, root.privateKey),
      () => addExposure(token, root.privateKey, { exposures: labels, source: 'crm', now }),
      () => excludeExposures(token, root.publicKey, { exposures: labels }),
    ]) {
      const reason = await messageOf(attempt())
      expect(reason).toMatch(/^exposures\[1\]: /)
      expect(reason).toMatch(message)
    }
    expect(await messageOf(verify(token, { excludes: labels }))).toMatch(/^excludes\[1\]: /)
  })

  const readable = TRICKS.filter(([, label]) => label.isWellFormed() && label.length <= 4096)
  it.each(readable)(
    'an authority label that %s is refused when a context is read, since nobody could exclude it',
    async (_name, label) => {
      const initial = forgeContext(contextBlock(exposureBlock(label)))
      await expectRefused(verify(initial), { code: 'unsupported_block', block: 0 })
      const added = forgeContext(contextBlock(), [{ ...exposureBlock(label), signing: { external: root.privateKey } }])
      await expectRefused(verify(added), { code: 'unsupported_block', block: 1 })
    },
  )

  it.each([
    ['a number', fact('exposed_label', 7)],
    ['two strings', fact('exposed_label', 'pii', 'secret')],
    ['nothing', fact('exposed_label')],
  ])('an authority label that is %s is refused when a context is read', async (_name, stated) => {
    const token = forgeContext(contextBlock({ facts: [stated] }))
    await expectRefused(verify(token), { code: 'unsupported_block', block: 0 })
  })

  it.each(['__proto__', 'constructor', 'ed25519/00', '{label}', '$label', 'a:b/c d', 'Straße 東京 🦊', 'a&b'])(
    '%j is a label like any other',
    async (label) => {
      const token = await mint({ exposures: [label] })
      expect(await verify(token, { excludes: ['other'] })).toMatchObject({ exposures: [label] })
      await expectRefused(verify(token, { excludes: [label] }), { code: 'exposed', label })
    },
  )
})

describe('compoundLabel', () => {
  it('compoundLabel sorts and joins its members, each once', () => {
    expect(compoundLabel(['secret', 'pii', 'secret'])).toBe('pii&secret')
    expect(compoundLabel(['pii', 'secret'])).toBe('pii&secret')
  })

  it('compoundLabel sorts by UTF-8 bytes, as the Hessra open core does', () => {
    expect(compoundLabel(['🦊', '\uffee', 'é', 'z', 'Z'])).toBe('Z&z&é&\uffee&🦊')
  })

  it.each<[unknown, RegExp]>([
    ['pii&secret', /^members: must be an array/],
    [[], /^members: must be at least two different labels/],
    [['pii'], /^members: must be at least two/],
    [['pii', 'pii'], /^members: must be at least two/],
    [['pii', ''], /^members\[1\]: must not be empty/],
    [['pii', 7], /^members\[1\]: must be a string/],
    [['pii', 'a&b'], /^members\[1\]: must not be a compound/],
    [['pii', 'a"b'], /^members\[1\]: .*quotes/],
    [['a'.repeat(4000), 'b'.repeat(4000)], /^members: must not be longer than 4096/],
  ])('compoundLabel refuses %j', (members, message) => {
    expect(() => compoundLabel(members as string[])).toThrow(TypeError)
    expect(() => compoundLabel(members as string[])).toThrow(message)
  })

  it('compoundLabel spells each set of members in one way, and the result is a label', async () => {
    const token = await mint()
    const member = fc.stringMatching(/^[a-zé🦊:-]{1,3}$/u).filter((text) => text === text.normalize('NFC'))
    const sets = fc.uniqueArray(member, { minLength: 2, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        sets.chain((members) =>
          fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })),
        ),
        async ([members, shuffled]) => {
          const label = compoundLabel(members)
          expect(compoundLabel([...shuffled, ...members])).toBe(label)
          await expect(verify(token, { excludes: [label] })).resolves.toBeDefined()
        },
      ),
      { numRuns: runs(50), seed: 20_261_122 },
    )
  })
})
