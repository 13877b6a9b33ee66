import { type ServeOptions, serveAuthority } from '@writ/authority'

/** By what an authority mints: options of `serveAuthority`. */
export type Rules = Pick<ServeOptions, 'initial' | 'resolver'>

/**
 * Runs an authority as the process that this is. Its database and its keys are in `WRIT_DATA`; when it listens at `PORT`, it
 * prints one line of JSON with its URL, its public key, and the file with the secret of its first administrator.
 */
export async function runAuthority(name: string, readRules: () => Promise<Rules>): Promise<void> {
  try {
    const { WRIT_DATA: folder, PORT: port = '7878' } = process.env
    if (!/^\d{1,5}$/.test(port)) throw new TypeError('PORT: must be a number')
    const authority = await serveAuthority({
      folder,
      port: Number(port),
      environment: process.env,
      ...(await readRules()),
    })
    const { url: listening, firstSecret } = authority
    console.log(JSON.stringify({ listening, publicKey: await authority.publicKey(), firstSecret }))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void authority.close())
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
