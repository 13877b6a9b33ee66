import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Moment, Report, ServiceSettings } from './adapter-process.ts'
import { fail } from './options.ts'

/** A service in a process of its own; whatever goes astray there ends this process as failed. */
export interface Service {
  readonly url: string
  /** Bytes that are in use after a collection. */
  memory(): Promise<number>
  /** From now on, requests are reported when they begin. */
  watch(): void
  /** The next time that it happens to a connection. */
  next(moment: Moment): Promise<void>
  stop(): void
}

export async function startService(settings: ServiceSettings): Promise<Service> {
  const { adapter } = settings
  const child: ChildProcess = fork(fileURLToPath(new URL('adapter-process.ts', import.meta.url)), {
    // Code that V8 drops when it has not run for a while would show as memory that shrinks, and hide what grows.
    execArgv: ['--expose-gc', '--no-flush-bytecode'],
  })
  const listeners = new Set<(report: Report) => void>()
  child.on('message', (report: Report) => {
    if ('stray' in report) fail('something went astray in the service', { adapter, stray: report.stray })
    for (const listener of listeners) listener(report)
  })
  child.on('exit', (code, signal) => {
    if (!child.killed) fail('the service ended', { adapter, code, signal })
  })
  process.on('exit', () => child.kill())

  function heard<T>(read: (report: Report) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const listener = (report: Report) => {
        const value = read(report)
        if (value === undefined) return
        listeners.delete(listener)
        resolve(value)
      }
      listeners.add(listener)
    })
  }
  const ask = <T>(question: ServiceSettings | 'memory', read: (report: Report) => T | undefined): Promise<T> => {
    const answer = heard(read)
    child.send(question)
    return answer
  }

  const url = await ask(settings, (report) => ('url' in report ? report.url : undefined))
  return {
    url,
    memory: () => ask('memory', (report) => ('inUse' in report ? report.inUse : undefined)),
    watch: () => void child.send('watch'),
    next: async (moment) => {
      await heard((report) => ('moment' in report && report.moment === moment ? true : undefined))
    },
    stop: () => void child.kill(),
  }
}
