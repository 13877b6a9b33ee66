import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CapabilityError } from '../../src/internal/base/capability-error.ts'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { authenticateToken } from '../../src/internal/read/authenticate-token.ts'
import { rootKeys } from '../../src/internal/signature/root-keys.ts'
import { decodeToken, type SignedBlock, type Token } from '../../src/internal/token/decode-token.ts'
import { assertProfile } from '../../src/internal/token/profile.ts'
import { revocationIds } from '../../src/revocation-ids.ts'
import { authorize, tokenOf } from '../support/samples/sample-authorizer.ts'
import { sampleTable } from '../support/samples/sample-table.ts'
import {
  documentedVerdict,
  isCheck,
  outsideOf,
  SAMPLE_ROOT,
  SAMPLES,
  type Sample,
  sourceOf,
  statementsOf,
  type Validation,
  type Verdict,
} from '../support/samples/samples.ts'
import { expectRefused, refusal, verify } from '../support/verify.ts'
import { CHECKS_INSIDE, SAMPLE_CASES, type SampleCase } from './sample-cases.ts'

const roots = rootKeys(SAMPLE_ROOT)

const OUTSIDE = SAMPLES.filter((sample) => outsideOf(sourceOf(sample)).length > 0)
/** All but those whose bytes or signatures are broken on purpose. */
const SOUND = SAMPLES.filter(({ validations }) =>
  [...validations.values()].every(({ result }) => !('Err' in result && 'Format' in result.Err)),
)
/** The reference implementation does not parse the source of the one whose rule is invalid. */
const PARSED = SOUND.filter(({ name }) => name !== 'test018_unbound_variables_in_rule')

describe('the official conformance samples of Biscuit', () => {
  it('every validation of the samples is in the table, once and in order', () => {
    const published = SAMPLES.flatMap(({ name, validations }) => [...validations.keys()].map((key) => [name, key]))
    expect(SAMPLE_CASES.map(({ sample, validation }) => [sample, validation])).toEqual(published)
    expect([SAMPLES.length, SAMPLE_CASES.length, OUTSIDE.length]).toEqual([38, 50, 12])
  })

  it.each(SAMPLE_CASES)('sample $sample, validation "$validation", is $verdict', async (example) => {
    const { text } = sampleOf(example)
    expect(await verdictOf(text, validationOf(example).authorizer_code)).toBe(example.verdict)
  })

  it('each sample has the documented verdict, or is refused for the reason in the table', () => {
    for (const example of SAMPLE_CASES) {
      const { verdict, reason } = example
      if (reason === undefined) expect(verdict).toBe(documentedVerdict(validationOf(example).result))
      else expect(['refused: malformed_token', 'refused: unsupported_block']).toContain(verdict)
    }
  })

  it.each(OUTSIDE)('sample $name is outside the profile from the block that its source shows', async (sample) => {
    const { code, block } = await refusal(authenticateToken(sample.text, roots))
    expect(code).toBe('unsupported_block')
    expect(block).toBe(sample.blocks.findIndex((documented) => outsideOf(documented.code).length > 0))
    const reasons = SAMPLE_CASES.filter((example) => example.sample === sample.name).map(({ reason }) => reason)
    expect(new Set(reasons)).toEqual(new Set([outsideOf(sourceOf(sample)).join(', ')]))
  })

  it('the samples outside the profile that have checks inside it are known', () => {
    const withoutRules = OUTSIDE.filter((sample) => !outsideOf(sourceOf(sample)).includes('rules'))
    const counts = withoutRules.map((sample): [string, number] => [sample.name, checkCount(insideOf(sample))])
    expect(counts.filter(([, count]) => count > 0)).toEqual([...CHECKS_INSIDE])
  })

  it.each([...CHECKS_INSIDE.keys()])(
    'the checks of sample %s that are inside the profile hold, as documented',
    (name) => {
      const example = { sample: name, validation: '' }
      const inside = insideOf(sampleOf(example))
      assertProfile(inside)
      const { authorizer_code, result } = validationOf(example)
      expect(authorize(inside.blocks, authorizer_code)).toBe('accepted')
      expect(documentedVerdict(result)).toBe('accepted')
    },
  )

  it.each(PARSED)('the blocks of sample $name state what is documented', ({ text, blocks }) => {
    const token = decodeToken(text, DEFAULT_LIMITS)
    expect(token.blocks).toHaveLength(blocks.length)
    for (const [index, { code, version, external_key }] of blocks.entries()) {
      const { content, external } = token.blocks[index] as SignedBlock
      expect(content).toEqual({ ...tokenOf(code).blocks[0]?.content, version })
      expect(external?.publicKey.text ?? null).toBe(external_key)
    }
  })

  it.each(SOUND)('sample $name has the documented revocation ids', async ({ text, validations }) => {
    const ids = revocationIds(text)
    for (const validation of validations.values()) expect(ids).toEqual(validation.revocation_ids)
  })

  it.each(SAMPLES)('the verifier does not accept sample $name as a capability', async ({ name, text }) => {
    const { verdict } = SAMPLE_CASES.find(({ sample }) => sample === name) as SampleCase
    const [, code] = /^refused: (\w+_\w+)$/.exec(verdict) ?? []
    await expectRefused(verify(text, undefined, { keys: SAMPLE_ROOT }), { code: code ?? 'wrong_kind' })
  })

  it('docs/internals/verification.md contains the table of samples', () => {
    const path = '../../../../docs/internals/verification.md'
    const page = readFileSync(new URL(path, import.meta.url), 'utf8').split(/\r?\n/)
    const table = sampleTable()
    const start = page.indexOf(table[0] ?? '')
    expect(page.slice(start, start + table.length + 1)).toEqual([...table, ''])
  })
})

type Place = Pick<SampleCase, 'sample' | 'validation'>

function sampleOf({ sample }: Place): Sample {
  return SAMPLES.find(({ name }) => name === sample) as Sample
}

function validationOf(place: Place): Validation {
  return sampleOf(place).validations.get(place.validation) as Validation
}

async function verdictOf(text: string, authorizer: string): Promise<Verdict> {
  let token: Token
  try {
    token = (await authenticateToken(text, roots)).token
  } catch (error) {
    if (error instanceof CapabilityError) return `refused: ${error.code}`
    throw error
  }
  return authorize(token.blocks, authorizer)
}

/** The sample without the facts and checks that its source shows to be outside the profile. */
function insideOf({ text, blocks }: Sample): Token {
  const token = decodeToken(text, DEFAULT_LIMITS)
  const inside = token.blocks.map((block, index): SignedBlock => {
    const statements = statementsOf(blocks[index]?.code ?? '')
    const checks = statements.filter(isCheck)
    const facts = statements.filter((statement) => !isCheck(statement))
    const { content } = block
    const isInside = (source: string | undefined) => source !== undefined && outsideOf(source).length === 0
    return {
      ...block,
      content: {
        ...content,
        facts: content.facts.filter((_, position) => isInside(facts[position])),
        checks: content.checks.filter((_, position) => isInside(checks[position])),
      },
    }
  })
  return { ...token, blocks: inside }
}

function checkCount({ blocks }: Token): number {
  return blocks.reduce((count, { content }) => count + content.checks.length, 0)
}
