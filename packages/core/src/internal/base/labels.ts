/** The label of the one service at which a capability may be used. */
export const ANCHOR = 'anchor'
/** The label of a single-use pin. */
export const FACET = 'facet'
