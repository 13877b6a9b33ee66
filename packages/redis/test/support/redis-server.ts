import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A server of our own, to be stopped and killed. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly args: readonly string[]
  readonly process: ChildProcess
}

const started: RedisServer[] = []

/** Starts a server that `endServers` ends; without `ready`, it may still be reading its data. */
export async function startServer(
  args: readonly string[] = [],
  { ready = true, folder = mkdtempSync(join(tmpdir(), 'writ-redis-')), port = 0 } = {},
): Promise<RedisServer> {
  port ||= await freePort()
  const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  // A replica need not wait for others that might come.
  own.push('--repl-diskless-sync-delay', '0')
  const process = spawn('redis-server', [...own, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const server = { url: `redis://127.0.0.1:${port}`, port, folder, args, process }
  started.push(server)
  if (ready) await printed(process, 'Ready to accept connections')
  return server
}

/** Ends a server as a crash would. */
export async function kill({ process }: RedisServer): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  process.kill('SIGKILL')
  await once(process, 'exit')
}

/** Starts a server again that was killed: the same address, and what it wrote. */
export function restart({ args, folder, port }: RedisServer): Promise<RedisServer> {
  return startServer(args, { folder, port })
}

/** Kills all servers that were started, for a process that ends. */
export function killServers(): void {
  for (const { process } of started) process.kill('SIGKILL')
}

/** Ends all servers that were started, and drops what they kept. */
export async function endServers(): Promise<void> {
  await Promise.all(started.map(kill))
  for (const { folder } of started.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A port of the loopback interface that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function printed({ stdout }: ChildProcess, line: string): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes(line)) resolve()
    })
    stdout?.on('end', () => reject(new Error(`redis-server ended: ${text}`)))
  })
}

/** Waits until the replica of a primary has what it has. */
export async function untilInSync({ url }: RedisServer): Promise<void> {
  const admin = new Redis(url)
  await until(async () => /state=online/.test(await admin.info('replication')))
  admin.disconnect()
}

/** Waits until something is so, and not for ever. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !(await isSo()); ) {
    if (performance.now() - start > 30_000) throw new Error(`not within 30 s: ${isSo}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
