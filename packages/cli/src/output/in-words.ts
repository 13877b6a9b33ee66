/** Seconds in the unit that suits: `2 h`, `30 min`, `10 s`. */
export function inWords(seconds: number): string {
  if (seconds >= 172_800) return `${Math.round(seconds / 86_400)} days`
  if (seconds >= 5400) return `${Math.round(seconds / 3600)} h`
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${Math.floor(seconds)} s`
}

/** Unix seconds as a time of ISO 8601. */
export function inTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/** A bar of ten for what is left of five minutes, an hour or a day: the shortest that fits. */
export function drawTimeLeft(seconds: number): string {
  const scale = [300, 3600, 86_400].find((whole) => seconds <= whole) ?? seconds
  const full = Math.max(0, Math.min(10, Math.ceil((seconds / scale) * 10)))
  return `${'█'.repeat(full)}${'░'.repeat(10 - full)}`
}
