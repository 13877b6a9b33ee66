import { Session } from 'node:inspector/promises'

/** Which blocks of the reader's code have run: V8's own coverage, read through the inspector. */
export interface Coverage {
  /** Names of the blocks that have run since the last call. V8 joins blocks that ran equally often, so one code has several names. */
  take(): Promise<ReadonlySet<string>>
  /** The functions that have run, and those that V8 has told of and that have not. */
  functions(): { readonly called: number; readonly neverCalled: readonly string[] }
}

/** Starts to count; code that is loaded before that is not counted. `isCounted` chooses scripts by their address. */
export async function startCoverage(isCounted: (url: string) => boolean): Promise<Coverage> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const functions = new Map<string, boolean>()
  return {
    async take() {
      const { result } = await session.post('Profiler.takePreciseCoverage')
      const blocks = new Set<string>()
      for (const { url, functions: all } of result) {
        if (!isCounted(url)) continue
        const file = url.slice(url.lastIndexOf('/src/') + 5)
        for (const { functionName, ranges } of all) {
          const [whole] = ranges
          const name = `${file}:${whole?.startOffset} ${functionName}`
          functions.set(name, functions.get(name) === true || (whole?.count ?? 0) > 0)
          for (const { startOffset, endOffset, count } of ranges) {
            if (count > 0) blocks.add(`${file} ${startOffset}-${endOffset}`)
          }
        }
      }
      return blocks
    },
    functions() {
      const neverCalled = [...functions].filter(([, called]) => !called).map(([name]) => name)
      return { called: functions.size - neverCalled.length, neverCalled }
    },
  }
}
