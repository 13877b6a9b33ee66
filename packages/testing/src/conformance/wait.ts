/** How long cases about late effects wait for one, in milliseconds. */
const GRACE = 100

/** Waits for a number of turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits for a number of milliseconds. */
export const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits long enough to notice an adapter that lets a refused request through late. */
export const grace = (): Promise<void> => later(GRACE)

/** A promise that other code resolves. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
