// Installs the packed packages with npm into a throwaway project, as a user would, and runs a small service on them: under
// every Node that we support (and Bun and Deno, where the framework runs there), by `import` and by `require`. The service
// uses each major of Express, Fastify, the newest and the oldest Hono, and NestJS 11 compiled to CommonJS. Then the types
// are compiled.
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from './pack.mjs'
import { runtimes } from './runtimes.mjs'
import { output, read, report, root } from './support.mjs'

const catalog = (name) => new RegExp(`^ {2}['"]?${name}['"]?: (\\S+)$`, 'm').exec(read('pnpm-workspace.yaml'))[1]
const oldestHono = JSON.parse(read('packages/hono/package.json')).peerDependencies.hono.replace('^', '')
const projects = {
  express5: {
    framework: { express: catalog('express'), fastify: catalog('fastify') },
    scripts: ['import.mjs', 'require.cjs'],
  },
  express4: {
    framework: { express: catalog('express4').split('@').at(-1), fastify: catalog('fastify') },
    scripts: ['import.mjs', 'require.cjs'],
  },
  hono: { framework: { hono: catalog('hono') }, scripts: ['hono-import.mjs', 'hono-require.cjs'], others: true },
  'oldest hono': { framework: { hono: oldestHono }, scripts: ['hono-import.mjs', 'hono-require.cjs'] },
}

const problems = []
const attempt = (what, work) => {
  try {
    work()
  } catch (error) {
    problems.push(`${what}: ${error.message}`)
  }
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'writ packed ')))
try {
  const tarballs = Object.fromEntries(pack('packed-install').map(({ name, tarball }) => [name, `file:${tarball}`]))
  const programs = [{ name: `node ${process.version}`, program: process.execPath }, ...runtimes()]
  const others = [
    ...runtimes(['bun']).map((bun) => ({ ...bun, args: ['run'] })),
    ...runtimes(['deno']).map((deno) => ({ ...deno, args: ['run', '-A'] })),
  ]
  let runs = 0
  for (const [name, project] of Object.entries(projects)) {
    const cwd = join(folder, name)
    cpSync(join(root, 'scripts/checks/consumer'), cwd, { recursive: true })
    writeFileSync(
      join(cwd, 'package.json'),
      JSON.stringify({ private: true, dependencies: { ...tarballs, ...project.framework } }),
    )
    output('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd })
    for (const { name: runtime, program, args = [] } of [...programs, ...(project.others ? others : [])]) {
      for (const script of project.scripts) {
        runs += 1
        attempt(`${name}, ${runtime}, ${script}`, () => {
          const printed = output(program, [...args, script], { cwd, timeout: 60_000 })
          if (printed !== '') throw new Error(`prints ${JSON.stringify(printed)}`)
        })
      }
    }
  }
  const nest = JSON.parse(read('packages/nestjs/test/nest-11/package.json')).dependencies
  const shared = ['reflect-metadata', 'rxjs', '@types/node']
  const cwd = join(folder, 'nest11')
  cpSync(join(root, 'scripts/checks/consumer-nest'), cwd, { recursive: true })
  const dependencies = {
    ...tarballs,
    ...nest,
    ...Object.fromEntries(shared.map((name) => [name, catalog(name)])),
    typescript: '5.9.3',
  }
  delete dependencies['@nestjs/platform-fastify']
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, dependencies }))
  output('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd })
  for (const module of ['commonjs', 'nodenext']) {
    attempt(`NestJS 11, ${module}, compiles`, () =>
      output(process.execPath, ['node_modules/typescript/bin/tsc', '--module', module], { cwd }),
    )
    for (const { name: runtime, program } of programs) {
      runs += 1
      attempt(`NestJS 11, ${module}, ${runtime}`, () => {
        const printed = output(program, ['dist/main.js'], { cwd, timeout: 60_000 })
        if (printed !== '') throw new Error(`prints ${JSON.stringify(printed)}`)
      })
    }
  }
  const types = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2022',
    '--types',
    '',
    '--skipLibCheck',
    'false',
  ]
  for (const module of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    attempt(`types under ${module[1]}`, () =>
      output('tsc', [...types, '--module', module[0], '--moduleResolution', module[1], 'types.ts'], {
        cwd: join(folder, 'express5'),
      }),
    )
  }
  report(problems, `${runs} runs of an installed service`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
