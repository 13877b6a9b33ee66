// Nothing but work: what stands beside the reader in `load.ts`. It ends by itself should its parent be gone.
const parent = process.ppid
const pause = 1000

function work(): void {
  const end = performance.now() + pause
  while (performance.now() < end) Math.random()
  if (process.ppid === parent) setImmediate(work)
  else process.exit()
}

work()
