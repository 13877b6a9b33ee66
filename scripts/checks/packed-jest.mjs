// Installs the packed packages into a NestJS 11 project in CommonJS with Jest, as `nest new` sets it up, and runs its tests by
// both recipes of the README of @writ/testing: with Node's flag where Jest can `require` ES modules, and with a transform.
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from './pack.mjs'
import { runtimes } from './runtimes.mjs'
import { output, read, report, root } from './support.mjs'

const manifest = JSON.parse(read('packages/nestjs/test/nest-11/package.json'))
const nest = { ...manifest.dependencies, ...manifest.devDependencies }
const catalog = (name) => new RegExp(`^ {2}['"]?${name}['"]?: (\\S+)$`, 'm').exec(read('pnpm-workspace.yaml'))[1]
const jest = { jest: '30.5.2', 'ts-jest': '29.4.15', typescript: '5.9.3', '@types/jest': '30.0.0' }
const NEEDED = ['@writ/core', '@writ/http', '@writ/nestjs', '@writ/testing']

const problems = []
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'writ jest ')))
try {
  const packed = pack('packed-jest').filter(({ name }) => NEEDED.includes(name))
  const dependencies = {
    ...Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`])),
    ...Object.fromEntries(
      ['common', 'core', 'platform-express', 'testing'].map((name) => [`@nestjs/${name}`, nest[`@nestjs/${name}`]]),
    ),
    ...Object.fromEntries(['reflect-metadata', 'rxjs', '@types/node'].map((name) => [name, catalog(name)])),
    ...jest,
  }
  cpSync(join(root, 'scripts/checks/consumer-jest'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  output('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })

  // Jest looks there too, and would find the packages of this repository.
  const { NODE_PATH: _, ...ownPackages } = process.env
  const flag = '--experimental-vm-modules'
  const [node22, node24] = runtimes(['node22', 'node24'])
  const runs = [
    { name: 'this Node, with the flag', program: process.execPath, args: [flag], config: 'plain' },
    ...(node24 ? [{ ...node24, args: [flag], config: 'plain' }] : []),
    ...(node22 ? [{ ...node22, args: [], config: 'transform' }] : []),
    { name: 'this Node, with the transform', program: process.execPath, args: [], config: 'transform' },
  ]
  for (const { name, program, args, config } of runs) {
    try {
      const command = [...args, 'node_modules/jest/bin/jest.js', '--config', `jest.${config}.config.cjs`]
      output(program, command, { cwd: folder, timeout: 120_000, env: ownPackages })
    } catch (error) {
      problems.push(`${name}: ${error.message}`)
    }
  }
  report(problems, `${runs.length} runs of Jest in a CommonJS project`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
