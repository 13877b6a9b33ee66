const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a text is well-formed Unicode, without lone surrogates. Engines of devices lack the method, which came in ES2024. */
export function isWellFormed(text: string): boolean {
  return typeof text.isWellFormed === 'function' ? text.isWellFormed() : !LONE_SURROGATE.test(text)
}
