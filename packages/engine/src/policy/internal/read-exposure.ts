import { compilePattern, isTooLong, patternFault } from '../../patterns/compile-pattern.ts'
import type { ExposureRule } from '../policy.ts'
import { type Faults, type Place, within } from './faults.ts'
import { type Table, TableReader } from './read-values.ts'

/** Reads `classifications`: from target to the labels that it exposes a session to. */
export function readClassifications(table: Table, place: Place, faults: Faults): [string, readonly string[]][] {
  const reader = new TableReader(table, place, faults)
  return Object.keys(table).map((target) => [target, Object.freeze(reader.texts(target))])
}

/** Reads one entry of `exposure_rules`. */
export function readExposureRule(table: Table, place: Place, faults: Faults): ExposureRule {
  const reader = new TableReader(table, place, faults)
  reader.only('labels', 'match', 'blocks')
  const labels = reader.requiredTexts('labels')
  const blocks = reader.requiredTexts('blocks')
  const match = reader.text('match') ?? 'any'
  if (match !== 'any' && match !== 'all') {
    faults.add('wrong_match', within(place, 'match'), 'must be "any" or "all"')
  }
  reportPatterns('labels', labels, place, faults)
  reportPatterns('blocks', blocks, place, faults)
  return Object.freeze({
    labels: Object.freeze(labels),
    match: match === 'all' ? 'all' : 'any',
    blocks: Object.freeze(blocks),
  })
}

function reportPatterns(key: string, patterns: readonly string[], place: Place, faults: Faults): void {
  for (const [index, pattern] of patterns.entries()) {
    const fault = patternFault(pattern)
    // One that is too long never matches, and a rule that never blocks must not pass as a warning.
    const rule = isTooLong(pattern) ? 'too_large' : 'wrong_pattern'
    if (fault !== undefined) faults.add(rule, within(place, key, index), fault)
  }
}

/** An exposure rule that is ready to be asked. */
export interface CompiledRule {
  /** Whether the rule is about this target. */
  blocks(target: string): boolean
  /** Those of the labels because of which the rule precludes its targets. */
  precluding(labels: readonly string[]): readonly string[]
}

export function compileRule({ labels, match, blocks }: ExposureRule): CompiledRule {
  const targets = blocks.map(compilePattern)
  const patterns = labels.map(compilePattern)
  return {
    blocks: (target) => targets.some((matches) => matches(target)),
    precluding(exposed) {
      if (match === 'all' && !patterns.every((matches) => exposed.some(matches))) return []
      return exposed.filter((label) => patterns.some((matches) => matches(label)))
    },
  }
}
