import { describe, expect, test } from 'vitest'
import { PolicyError, parsePolicy, parseSchema } from '../src/index.ts'

const MANY = 2_000_000
const object = (capabilities: string) => `[[objects]]\nid = "a:b"\ncapabilities = [${capabilities}]`
const distinct = (count: number) => Array.from({ length: count }, (_, index) => `"o${index}"`).join()

/** What a policy is refused with: the rules of its faults. It may take a while, but a time that grows with the length only. */
function rulesOf(source: string, parse: typeof parsePolicy | typeof parseSchema = parsePolicy): readonly string[] {
  try {
    parse(source)
    return []
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    expect(error.message.length).toBeLessThan(1_000_000)
    return [...new Set(error.faults.map(({ rule }) => rule))]
  }
}

describe('a hostile policy is refused in bounded time and memory', () => {
  test.each<[string, string, string[]]>([
    ['of brackets', '['.repeat(MANY), ['parse']],
    ['of arrays in arrays', `x = ${'['.repeat(MANY)}`, ['parse']],
    ['of tables in tables', `x = ${'{a='.repeat(MANY)}`, ['parse']],
    ['of one long key', `${'a.'.repeat(20_000)}b = 1`, ['unknown_key']],
    ['of one long text', `x = "${'a'.repeat(MANY)}"`, ['unknown_key']],
    ['of one long text, short enough for lines', `x = "${'{a,'.repeat(300_000)}"`, ['unknown_key']],
    ['of a name with very many segments', `[[objects]]\nid = "a${':a'.repeat(MANY)}"`, ['wrong_name']],
    [
      'of a pattern that is too long',
      `[[exposure_rules]]\nlabels = ["${'**/'.repeat(MANY)}"]\nblocks = ["*"]`,
      ['too_large'],
    ],
    ['of braces in braces', `[[exposure_rules]]\nlabels = ["${'{a,'.repeat(300)}"]\nblocks = ["*"]`, ['wrong_pattern']],
    [
      'of a very long circle',
      Array.from({ length: 5000 }, (_, i) => `[[objects]]\nid="o${i}"\nparent="o${(i + 1) % 5000}"`).join('\n'),
      ['parent_cycle'],
    ],
  ])('%s', (_, source, rules) => {
    expect(rulesOf(source)).toEqual(rules)
  })

  test('of very many operations is read, in a time that grows with their number only', () => {
    expect(rulesOf(object(`{ target = "t", operations = [${distinct(100_000)}] }`))).toEqual([])
  })

  test('of very many faults reports a thousand of them', () => {
    const source = Array.from({ length: 20_000 }, (_, index) => `k${index} = 1`).join('\n')
    expect(() => parsePolicy(source)).toThrow(PolicyError)
    try {
      parsePolicy(source)
    } catch (error) {
      expect((error as PolicyError).faults).toHaveLength(1000)
    }
  })

  test('of very many warnings does not hide an error behind them', () => {
    const warnings = Array.from({ length: 2000 }, (_, index) => `k${index} = 1`).join('\n')
    const error = '[[objects]]\nid = "a:b"\nparent = "a:c"'
    expect(() => parsePolicy(`${warnings}\n${error}`, { compat: 'hessra' })).toThrow('no object has the id')
  })

  test('and a schema of very many labels is refused as well', () => {
    const operation = `{ name = "r", required_designations = [${distinct(50_000)}] }`
    expect(rulesOf(`[[targets]]\nid = "t"\noperations = [${operation}]`, parseSchema)).toEqual(['too_large'])
  })
})
