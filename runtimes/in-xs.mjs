// XS, the engine of Moddable for microcontrollers.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('dist/xs/', import.meta.url))

/** Runs the cases that verify, with those entries of the package that need no host, and calls `tell(name, outcome)`. */
export function inXs(program, tell, suite) {
  tell('xs, both curves', runIn(program, 'full', suite.full))
  tell('xs, Ed25519', runIn(program, 'index', suite.oneCurve))
}

function runIn(program, entry, suite) {
  mkdirSync(dist, { recursive: true })
  const device = join(dist, `${entry}.mjs`)
  copyFileSync(fileURLToPath(import.meta.resolve(`@writ/device${entry === 'index' ? '' : `/${entry}`}`)), device)
  const main = join(dist, `${entry}-suite.mjs`)
  // It finds modules by their paths only, and prints what it is given.
  writeFileSync(main, `globalThis.report = print\n${suite.replaceAll('"@writ/device"', JSON.stringify(device))}`)
  const { status, stdout, stderr } = spawnSync(program, ['-m', main], { encoding: 'utf8', timeout: 120_000 })
  if (status !== 0 || stdout === '') return { passed: 0, failures: [`does not run: ${status} ${stdout}${stderr}`] }
  return JSON.parse(stdout)
}
