import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 60_000 })

const EXAMPLES = fileURLToPath(new URL('../../', import.meta.url))

/** A copy of an example, from which its packages are found. */
function copyOf(example: string): string {
  // Not in `node_modules`, where Node strips no types.
  const folder = mkdtempSync(join(EXAMPLES, example, '.copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const file of ['package.json', 'service.ts', 'tsconfig.json'])
    cpSync(join(EXAMPLES, example, file), join(folder, file))
  return folder
}

/** A folder with the command `writ`, as an installation of the package from npm makes it. */
function withCommand(folder: string, example: string): string {
  const { resolve } = createRequire(join(EXAMPLES, example, 'package.json'))
  const main = join(dirname(resolve('@writ/cli/package.json')), 'dist', 'main.js')
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'writ'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 })
  return bin
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

it.each(['express', 'fastify', 'hono', 'nestjs'])('the example of %s does what its README says', async (example) => {
  const folder = copyOf(example)
  const port = String(await freePort())
  const own = join(EXAMPLES, example, 'node_modules', '.bin')
  const bin = [withCommand(folder, example), own, process.env['PATH']].join(':')
  const run = (command: string) =>
    spawn('sh', ['-c', command], { cwd: folder, env: { ...process.env, PATH: bin, PORT: port } })
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [, block = ''] =
    /^```sh\n([\s\S]*?)^```$/m.exec(readFileSync(join(EXAMPLES, example, 'README.md'), 'utf8')) ?? []
  const answers: string[] = []
  const expected: string[] = []
  // The packages are installed already, and `npx` and `npm start` run what is in the folder.
  for (const line of block
    .trim()
    .split('\n')
    .filter((one) => one !== 'npm install')) {
    const [command = '', comment = ''] = line.replaceAll('3000', port).split(/ +# /)
    if (command === 'npm start &') {
      const service = run(`exec ${scripts.start}`)
      onTestFinished(() => void service.kill('SIGKILL'))
      const ended = text(service.stderr).then((log) => Promise.reject(new Error(log)))
      await Promise.race([once(createInterface(service.stdout), 'line'), ended])
      ended.catch(() => {})
      continue
    }
    const process = run(command.replace('npx ', ''))
    const [output, [code]] = await Promise.all([text(process.stdout), once(process, 'close')])
    expect([command, code]).toEqual([command, 0])
    if (!command.startsWith('curl')) continue
    const [, status = ''] = /^HTTP\/1\.1 (\d+)/.exec(output) ?? []
    const [, problem] = /"code":"(\w+)"/.exec(output) ?? []
    answers.push([status, problem].filter(Boolean).join(' '))
    expected.push(comment)
  }
  expect(answers).toEqual(['401 missing_token', '403 wrong_designation', '200'])
  expect(expected).toEqual(answers)
})
