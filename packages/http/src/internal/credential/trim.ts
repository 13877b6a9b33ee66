const SPACE = 0x20
const TAB = 0x09

/** Removes white space of RFC 9110 section 5.6.3 around a text. A regular expression would take quadratic time. */
export function trim(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
