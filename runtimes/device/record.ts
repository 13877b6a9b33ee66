import * as core from '@writ/core'

type Act = (...args: readonly never[]) => Promise<unknown>

/** What was written, in the order in which it was asked for. */
export const written: (readonly [name: string, value: unknown])[] = []

/** Does what core does, and keeps the result. */
export function wrap(name: keyof typeof core): Act {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: nothing here is bundled for users
  const act = core[name] as Act
  return async (...args) => {
    const place = written.push([name, undefined]) - 1
    const value = await act(...args)
    written[place] = [name, value]
    return value
  }
}
