// How long a fresh process takes to import a package, beside its framework alone.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from '../support/measure.ts'
import { quick, reporter } from '../support/part.ts'

const ROUNDS = quick ? 1 : 9

/** What is imported, and what without Writ. */
const IMPORTS: readonly { name: string; modules: readonly string[]; alone?: string }[] = [
  { name: '@writ/core/verify', modules: ['@writ/core/verify'] },
  { name: '@writ/core', modules: ['@writ/core'] },
  { name: 'jose', modules: ['jose'] },
  { name: 'biscuit-wasm', modules: ['@biscuit-auth/biscuit-wasm'] },
  ...framework('express', 'express'),
  ...framework('fastify', 'fastify'),
  ...framework('hono', 'hono'),
  ...framework('nestjs', 'reflect-metadata', '@nestjs/core', '@nestjs/common', '@nestjs/platform-express'),
]

function framework(adapter: string, ...modules: readonly string[]) {
  return [
    { name: `${adapter} alone`, modules },
    { name: `${adapter} and @writ/${adapter}`, modules: [...modules, `@writ/${adapter}`], alone: `${adapter} alone` },
  ]
}

const folder = fileURLToPath(new URL('..', import.meta.url))

/** Milliseconds. */
function timeOf(modules: readonly string[]): number {
  const imports = modules.map((module) => `await import('${module}')`).join('\n')
  const program = `const { log } = console
    console.log = () => {}
    const start = performance.now()
    ${imports}
    log(performance.now() - start)`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program]
  return Number(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }))
}

const times = new Map(IMPORTS.map(({ name }) => [name, [] as number[]]))
for (let round = -1; round < ROUNDS; round++) {
  for (const { name, modules } of IMPORTS) {
    const time = timeOf(modules)
    // The first reads from the disk.
    if (round >= 0) times.get(name)?.push(time)
  }
}

const report = reporter('import')
const timeOfAll = (name: string) => median(times.get(name) ?? [])
for (const { name, alone } of IMPORTS) {
  const value = timeOfAll(name)
  report({ name, unit: 'ms', value, ratio: alone === undefined ? undefined : value / timeOfAll(alone) })
}
