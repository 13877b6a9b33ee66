// Survivors that no test can kill, each with the reason: they change nothing that can be observed. `change` is the text before
// and after, in one line. An entry whose mutant is killed, or gone, fails the run.
import { GUARD } from './equivalent/guard.mjs'
import { INTERNAL } from './equivalent/internal.mjs'
import { WINGS } from './equivalent/wings.mjs'

/** @typedef {{ readonly file: string, readonly change: string, readonly why: string }} Equivalent */

/** @type {readonly Equivalent[]} */
export const EQUIVALENT = [...INTERNAL, ...WINGS, ...GUARD]
