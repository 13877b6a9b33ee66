import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { satisfies, valid } from 'semver'
import type { Io } from '../io.ts'
import { absent, type Finding, good, wrong } from './finding.ts'

interface Manifest {
  readonly version?: unknown
  readonly engines?: { readonly node?: unknown }
  readonly peerDependencies?: Readonly<Record<string, unknown>>
}

/** Holds what is installed in this folder against what the packages of Writ say that they need. */
export async function checkVersions({ folder }: Io): Promise<readonly Finding[]> {
  const modules = join(folder, 'node_modules')
  const names = await readdir(join(modules, '@writ')).catch(() => [])
  if (names.length === 0) return [absent('packages', 'no package of Writ is installed here')]
  const findings: Finding[] = []
  for (const name of names.toSorted()) findings.push(...(await checkPackage(modules, `@writ/${name}`)))
  return findings
}

async function checkPackage(modules: string, name: string): Promise<readonly Finding[]> {
  const manifest = await readManifest(modules, name)
  if (manifest === undefined) return [wrong(name, 'has no package.json that can be read', 'install it again')]
  const { engines, peerDependencies = {} } = manifest
  const findings: Finding[] = []
  if (typeof engines?.node === 'string' && !satisfies(process.versions.node, engines.node))
    findings.push(wrong(name, `needs Node ${engines.node}, and this is ${process.versions.node}`, 'update Node'))
  for (const [peer, range] of Object.entries(peerDependencies)) {
    const version = (await readManifest(modules, peer))?.version
    // One that is missing may be optional, and its import says so.
    if (typeof range !== 'string' || typeof version !== 'string' || valid(version) === null) continue
    if (!satisfies(version, range, { includePrerelease: true }))
      findings.push(
        wrong(name, `needs ${peer} ${range}, and ${version} is installed`, `npm install ${peer}@"${range}"`),
      )
  }
  return findings.length > 0 ? findings : [good(name, `${manifest.version}, with what it needs`)]
}

async function readManifest(modules: string, name: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}
