import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describeRoutes } from '@writ/http'
import { EXIT } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'
import { readFile } from '../input/read-bounded.ts'
import { listRoutesOf } from '../routes/load-app.ts'

const MAX_BYTES = 1_048_576

interface Options {
  readonly app: string
  readonly export: string
  readonly check?: string
  readonly write?: string
}

/** `writ routes` */
export const registerRoutes: Register = (program, define) => {
  const command = program
    .command('routes')
    .summary('what each route of an app demands')
    .description('what each route of an app demands; in CI, exit code 1 if that is not what a file says')
    .requiredOption('--app <module>', 'the module of the app, which is run: ./dist/app.js')
    .option('--export <name>', 'what it exports: an app, or a function that makes one', 'default')
    .option('--check <file>', 'the file to hold the routes against')
    .option('--write <file>', 'writes that file anew')
    .addHelpText('after', '\nExample:\n  writ routes --app ./dist/app.js --check routes.txt')
  define(command, routes)
}

const routes: Action<Options> = async (io, options) => {
  const listed = await listRoutesOf(io, options.app, options.export)
  const text = describeRoutes(listed)
  if (options.write !== undefined) await writeFile(resolve(io.folder, options.write), `${text}\n`)
  if (options.check === undefined) return { text, json: { routes: listed } }
  const expected = (await readFile(io, options.check, MAX_BYTES)).trimEnd()
  if (expected === text) return { text: `${listed.length} routes, as ${options.check} says`, json: { routes: listed } }
  const [before, now] = [expected.split('\n'), text.split('\n')]
  const gone = before.filter((line) => !now.includes(line))
  const added = now.filter((line) => !before.includes(line))
  const lines = [...gone.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)]
  return {
    text: lines.length === 0 ? 'the same routes in another order' : lines.join('\n'),
    json: { routes: listed, gone, added },
    exitCode: EXIT.refused,
  }
}
