import type { Row } from './rows.ts'

/** The parts, and what the ratios of each are of: the heading of their column. */
export const PARTS = {
  core: 'in signatures',
  cold: 'in signatures',
  http: 'of unguarded',
  engine: 'in signatures',
  authority: 'in signatures',
  feed: '',
  postgres: 'of without',
  device: 'of core on Node',
  size: '',
  import: 'of framework',
  heap: '',
} as const

export type Part = keyof typeof PARTS

const WIDTHS = [48, 13, 14, 16] as const

/** At most 100 columns. */
export function headOf(part: Part, node: string): string {
  return cells([`${part}, Node ${node}`, 'measured', PARTS[part], 'target'], '')
}

export function lineOf(row: Row): string {
  const { name, of, ratio, met } = row
  return cells(
    [`${of === null ? '' : '  '}${name}`, measuredText(row), ratio === null ? '' : ratioText(ratio), targetText(row)],
    met === false ? 'MISSED' : met === true ? 'met' : '',
  )
}

function measuredText({ value, unit }: Pick<Row, 'value' | 'unit'>): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`
}

function ratioText(ratio: number): string {
  return ratio.toFixed(ratio < 0.1 ? 3 : 2)
}

function targetText({ target, ratio }: Pick<Row, 'target' | 'ratio'>): string {
  if (target === null) return ''
  const text = ratio === null ? target.value.toString() : ratioText(target.value)
  return `${target.bound} ${text}`
}

function cells([name, ...others]: readonly [string, string, string, string], mark: string): string {
  const padded = others.map((cell, index) => cell.padStart(WIDTHS[(index + 1) as 1 | 2 | 3]))
  return `${name.padEnd(WIDTHS[0])}${padded.join('')}  ${mark}`.trimEnd()
}
