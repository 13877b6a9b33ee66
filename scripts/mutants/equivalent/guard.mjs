// Survivors in the guard that no test can kill.

/** @type {readonly import('../equivalent.mjs').Equivalent[]} */
export const GUARD = [
  {
    file: 'packages/http/src/internal/customise-refusal.ts',
    change: 'name.toLowerCase() -> name.toUpperCase()',
    why: 'a name is compared in one case, whichever',
  },
]
