const EARLIEST = 0.75
const SPREAD = 0.1
const LONGEST_PAUSE_SECONDS = 10

/** When to renew what ends at `expiresAt`: at about 80 % of what is left, so that processes which started together spread. */
export function renewalOf(expiresAt: number, now: number, random: () => number): number {
  return now + Math.max(0, expiresAt - now) * (EARLIEST + SPREAD * random())
}

/** When to try again after a renewal has failed: there is time left, and others fail as well. */
export function nextAttempt(now: number, random: () => number): number {
  return now + 1 + random() * (LONGEST_PAUSE_SECONDS - 1)
}
