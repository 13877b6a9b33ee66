/** Takes one entry for operators. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void

/** Writes one line of JSON an entry: JSON escapes line breaks, so no value can fake a second entry. */
export const logToStderr: Log = (entry) => {
  process.stderr.write(`${JSON.stringify(entry)}\n`)
}
