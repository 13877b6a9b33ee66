import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { printable } from '@writ/core'
import type { ListedRoute } from '@writ/http'
import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'

type Kind = 'express' | 'fastify' | 'hono' | 'nestjs'

/** What is called here of apps, whatever their framework. */
interface App {
  ready?(): PromiseLike<unknown>
  init?(): Promise<unknown>
  close?(): unknown
}

/** What frameworks look like. None of them is imported: which version an app uses is its own matter. */
const KINDS: readonly (readonly [kind: Kind, isIt: (app: Members) => boolean])[] = [
  ['nestjs', (app) => has(app, 'getHttpAdapter') && has(app, 'init')],
  ['fastify', (app) => has(app, 'printRoutes') && has(app, 'ready')],
  ['hono', (app) => Array.isArray(app['routes']) && has(app, 'fetch')],
  [
    'express',
    (app) => typeof app === 'function' && has(app, 'use') && (has(app, 'handle') || Array.isArray(app['stack'])),
  ],
]

type Members = Readonly<Record<string, unknown>>

function has(app: Members, name: string): boolean {
  return typeof app[name] === 'function'
}

/**
 * Runs a module of a project, and lists the routes of the app that it exports, by the adapter that the project uses.
 *
 * @param name - The export: an app, or a function that makes one.
 * @throws `CliError` if there is no such module, export or adapter.
 */
export async function listRoutesOf(io: Io, file: string, name: string): Promise<readonly ListedRoute[]> {
  const path = resolve(io.folder, file)
  if (!existsSync(path)) throw usageError(`--app: ${printable(file)}: there is no such file`)
  const module = (await import(pathToFileURL(path).href)) as Members
  if (!Object.hasOwn(module, name))
    throw usageError(
      `there is no such export: name the app with --export. The module exports ${Object.keys(module).join(', ') || 'nothing'}`,
    )
  const { app, kind } = await findApp(module[name])
  const adapter = await loadAdapter(path, kind)
  try {
    // Fastify knows its routes when it is ready; Nest finds then what nothing guards.
    if (kind === 'fastify') await app.ready?.()
    if (kind === 'nestjs') await app.init?.()
    return adapter.listRoutes(app)
  } finally {
    if (kind === 'fastify' || kind === 'nestjs') await app.close?.()
  }
}

async function findApp(exported: unknown): Promise<{ readonly app: App; readonly kind: Kind }> {
  const given = await exported
  const kind = kindOf(given)
  if (kind !== undefined) return { app: given as App, kind }
  if (typeof given === 'function') {
    const made: unknown = await given()
    const kindOfMade = kindOf(made)
    if (kindOfMade !== undefined) return { app: made as App, kind: kindOfMade }
  }
  throw usageError(
    'this export is no app of Express, Fastify, Hono or NestJS, and no function that makes one: name it with --export',
  )
}

function kindOf(value: unknown): Kind | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  return KINDS.find(([, isIt]) => isIt(value as unknown as Members))?.[0]
}

/** The adapter that the app has: it knows the guards of that app alone. */
async function loadAdapter(path: string, kind: Kind): Promise<{ listRoutes(app: App): readonly ListedRoute[] }> {
  let found: string
  try {
    found = createRequire(path).resolve(`@writ/${kind}`)
  } catch {
    throw usageError(`@writ/${kind}: is not installed where the app is`)
  }
  return import(pathToFileURL(found).href)
}
