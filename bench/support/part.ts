import { parseArgs } from 'node:util'
import { type Line, rowOf } from './rows.ts'
import type { Part } from './table.ts'

/** How thorough a part is to be: `quick` shows that it works, `long` is for what takes minutes. */
export const { quick, long } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
}).values

// Who stops the bench stops its parts.
process.once('disconnect', () => process.exit(1))
// The listener alone would keep a part that has ended.
process.channel?.unref()

/** Reports lines to the process that started this part. */
export function reporter(part: Part): (line: Line) => void {
  return (line) => {
    process.send?.(rowOf(part, line))
  }
}
