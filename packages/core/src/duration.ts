/** A length of time: whole seconds, or a whole number with a unit, `'30s'`, `'5m'`, `'2h'`, `'7d'`. Always more than zero. */
export type Duration = number | string
