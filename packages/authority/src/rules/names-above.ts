/** The names above a name, the nearest first: of `agent:alice:job` these are `agent:alice` and `agent`. */
export function namesAbove(name: string): readonly string[] {
  const segments = name.split(':')
  return segments.slice(1).map((_, index) => segments.slice(0, segments.length - 1 - index).join(':'))
}
