import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compilePattern, parsePolicy } from '../src/index.ts'

/** Pattern, name, whether it matches: as the Hessra open core answers (glob-match 0.2.1). */
const ROWS = JSON.parse(readFileSync(new URL('patterns.json', import.meta.url), 'utf8')) as [string, string, boolean][]

describe('patterns of labels and targets', () => {
  test.each(ROWS)('%j matches %j: %s', (pattern, name, matches) => {
    expect(compilePattern(pattern)(name)).toBe(matches)
  })

  test.each([
    ['**/**/b', 'b', true],
    ['**/**/b', 'x/y/b', true],
    ['a/**/b/**', 'a/x/b/y', true],
    ['{a/**/c,d}', 'a/b/c', true],
    ['[', '[', false],
    ['![', 'anything', false],
    ['[a', 'a', false],
    ['a]', 'a]', true],
    ['{}', '', true],
    ['{a}b', 'ab', true],
    ['a}b', 'a}b', true],
    ['a,b', 'a,b', true],
    ['*a*a*', 'banana', true],
    ['', 'x', false],
  ])('%j matches %j: %s', (pattern, name, matches) => {
    expect(compilePattern(pattern)(name)).toBe(matches)
  })

  test('a pattern of many wildcards takes steps in proportion to the name', () => {
    const matches = compilePattern(`${'*a'.repeat(200)}b`)
    const times = [500, 2_000].map((length) => {
      const start = performance.now()
      expect(matches('a'.repeat(length))).toBe(false)
      return performance.now() - start
    })
    expect(times[1]! / times[0]!).toBeLessThan(20)
  })

  test('a pattern of more than 1024 bytes is a fault of the policy', () => {
    const rule = { labels: ['a'.repeat(1025)], blocks: ['b'] }
    expect(() => parsePolicy({ exposure_rules: [rule] })).toThrow(/labels\[0\]: must not be longer than 1024 bytes/)
  })

  test.each(['a[', 'a\\', 'a{b', '{,a}b', '{a,}b', '{}', `${'{'.repeat(11)}a${'}'.repeat(11)}`])(
    'the pattern %j is a fault of the policy, because it would silently block less than it says',
    (pattern) => {
      expect(() => parsePolicy({ exposure_rules: [{ labels: ['pii'], blocks: [pattern] }] })).toThrow(/blocks\[0\]/)
    },
  )
})
