import { serveAuthority } from '@writ/authority'
import { readRules } from './rules.ts'

/** The authority of the pipeline, as a process. Its database and its keys are in `WRIT_DATA`. */
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
  console.error(`pipeline: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
