import { type RemoteRuntime, reasonOf } from './remote-runtime.ts'

/**
 * Takes the state of a snapshot, if there is one. Whatever is wrong with it is reported, and it counts as missing.
 *
 * @param adopt - Checks the parsed text and takes it over; throws if anything is wrong.
 */
export async function readSnapshot(runtime: RemoteRuntime, adopt: (value: unknown) => Promise<void>): Promise<void> {
  try {
    const text = await runtime.snapshot?.read()
    if (text !== undefined) await adopt(parse(text))
  } catch (cause) {
    runtime.warn(new Error(`the snapshot is not used: ${reasonOf(cause)}`, { cause }))
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
}
