// A plain run draws one in six of the cases. `npm run check -- --full` draws all of them, on the other runtimes.
const SHARE = process.env['WRIT_LONG'] === '1' ? 1 : 1 / 6

/** How many of `all` cases a property draws. With a fixed seed a shorter run has the first cases of the longer one. */
export const runs = (all: number): number => Math.ceil(all * SHARE)
