/** How long the cases that are made for it look for what an adapter does too late, in milliseconds. */
const GRACE = 100

/** So many turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve))
}

/** So many milliseconds. */
export const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Long enough for an adapter that lets a request through late; a refusal that is awaited cannot be told from one that is final. */
export const grace = (): Promise<void> => later(GRACE)

/** A promise that somebody else keeps. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
