// The suite for engines that verify and write nothing, bundled with what Node has written for it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createVerifier, revocationIds } from '@writ/core'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = join(here, '..', 'dist')
const samples = new URL('../../packages/core/test/samples/', import.meta.url)

/**
 * Runs the cases on Node, and returns them for devices: modules that import `@writ/device`, and call `report(outcome)`.
 *
 * @returns `{ full, oneCurve }`: of all that verifies, and of what a device with Ed25519 alone reads.
 */
export async function buildSuite() {
  const SAMPLES = JSON.stringify(await sampleVerdicts())
  const recorder = await bundle('device-record', '@writ/core', 'record', { SAMPLES })
  const { outcome, written } = await import(pathToFileURL(recorder).href)
  if (outcome.failures.length > 0) throw new Error(`on Node: ${outcome.failures.join('\n')}`)
  const define = { SAMPLES, WRITTEN: JSON.stringify(written) }
  const read = async (runner) => readFileSync(await bundle(runner, '@writ/device', 'replay', define), 'utf8')
  return { full: await read('device-full'), oneCurve: await read('device-one-curve') }
}

async function bundle(runner, core, wrap, define) {
  const outfile = join(dist, `${runner}.js`)
  await build({
    entryPoints: [join(here, '..', 'runners', `${runner}.ts`)],
    outfile,
    define,
    bundle: true,
    format: 'esm',
    target: wrap === 'replay' ? 'es2021' : 'es2024',
    inject: wrap === 'replay' ? [join(here, 'base64.ts')] : [],
    logLevel: 'warning',
    plugins: [{ name: 'core of devices', setup: coreOf(core, wrap) }],
  })
  return outfile
}

function coreOf(core, wrap) {
  return ({ onResolve }) => {
    onResolve({ filter: /^#wrap$/ }, () => ({ path: join(here, `${wrap}.ts`) }))
    onResolve({ filter: /^#core$/ }, () => ({ path: core, external: true }))
    onResolve({ filter: /^@writ\/core$/ }, ({ importer }) =>
      importer.endsWith('record.ts') ? { path: '@writ/core', external: true } : { path: join(here, 'core.ts') },
    )
  }
}

/** What core says on Node of each official sample. */
async function sampleVerdicts() {
  const { root_public_key: root, testcases } = JSON.parse(readFileSync(new URL('samples.json', samples), 'utf8'))
  const rootKey = `ed25519/${root}`
  const verifier = createVerifier({ keys: rootKey, anchor: null, now: () => 1_900_000_000 })
  return Promise.all(
    testcases.map(async ({ filename }) => {
      const token = readFileSync(new URL(filename, samples)).toString('base64url')
      const code = await verifier
        .verify(token, { resource: 'invoices', operation: 'read' })
        .then(() => 'accepted', codeOf)
      return { name: filename.replace('.bc', ''), token, rootKey, code, ids: idsOf(token) }
    }),
  )
}

function idsOf(token) {
  try {
    return revocationIds(token)
  } catch (error) {
    return codeOf(error)
  }
}

function codeOf(error) {
  return error.code ?? String(error)
}
