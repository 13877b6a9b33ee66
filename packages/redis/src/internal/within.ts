/**
 * What `work` resolves to, unless that takes longer than `timeout` milliseconds: clients of Redis wait for a server as long as it takes.
 * What happens to the work after that is heard by nobody. Errors: those of `work`.
 */
export async function within<T>(timeout: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeout} ms`)), timeout)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
