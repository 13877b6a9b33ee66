import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { printable } from '@writ/core'
import { satisfies, valid, validRange } from 'semver'
import { readFile } from '../input/read-bounded.ts'
import type { Io } from '../io.ts'
import { absent, type Finding, good, wrong } from './finding.ts'

const MAX_BYTES = 262_144

interface Manifest {
  readonly version?: unknown
  readonly engines?: { readonly node?: unknown }
  readonly peerDependencies?: Readonly<Record<string, unknown>>
}

/** Holds what is installed in this folder against what the packages of Writ say that they need. */
export async function checkVersions(io: Io): Promise<readonly Finding[]> {
  const modules = join(io.folder, 'node_modules')
  const names = await readdir(join(modules, '@writ')).catch(() => [])
  if (names.length === 0) return [absent('packages', 'no package of Writ is installed here')]
  const findings: Finding[] = []
  for (const name of names.toSorted()) findings.push(...(await checkPackage(io, modules, `@writ/${name}`)))
  return findings
}

async function checkPackage(io: Io, modules: string, name: string): Promise<readonly Finding[]> {
  const manifest = await readManifest(io, modules, name)
  const what = printable(name)
  if (manifest === undefined) return [wrong(what, 'has no package.json that can be read', 'install it again')]
  const { engines, peerDependencies = {} } = manifest
  const findings: Finding[] = []
  const node = rangeOf(engines?.node)
  if (node !== undefined && !satisfies(process.versions.node, node))
    findings.push(wrong(what, `needs Node ${node}, and this is ${process.versions.node}`, 'update Node'))
  for (const [peer, needed] of Object.entries(peerDependencies)) {
    const [range, version] = [rangeOf(needed), (await readManifest(io, modules, peer))?.version]
    // One that is missing may be optional, and its import says so.
    if (range === undefined || typeof version !== 'string' || valid(version) === null) continue
    if (satisfies(version, range, { includePrerelease: true })) continue
    const shown = printable(peer)
    findings.push(wrong(what, `needs ${shown} ${range}, and ${version} is installed`, `install ${shown} ${range}`))
  }
  return findings.length > 0
    ? findings
    : [good(what, `${valid(String(manifest.version)) ?? 'of no version'}, with what it needs`)]
}

/** A range as semver writes it, so that nothing else of a manifest is shown. */
function rangeOf(text: unknown): string | undefined {
  return typeof text === 'string' ? (validRange(text) ?? undefined) : undefined
}

async function readManifest(io: Io, modules: string, name: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(io, join(modules, name, 'package.json'), MAX_BYTES)) as Manifest
  } catch {
    return undefined
  }
}
