import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Examples are of packages, and so is an app that has the name of one. */
const nameOf = (parent: string, name: string) => {
  if (parent === 'examples') return `example-${name}`
  return parent === 'apps' && existsSync(`packages/${name}`) ? `app-${name}` : name
}
const folders = ['packages', 'apps', 'examples'].flatMap((parent) =>
  readdirSync(parent)
    .map((name) => ({ name: nameOf(parent, name), root: `${parent}/${name}` }))
    .filter(({ root }) => existsSync(`${root}/package.json`) && existsSync(`${root}/test`)),
)

/** Their tests keep nothing between files; those of Nest do: its GraphQL collects the types of all that were ever declared. */
const SHARED = new Set(['core', 'engine', 'express', 'fastify', 'hono', 'http', 'testing'])

/** All cases of the long tests: `npm run check -- --full` sets it. */
const LONG = process.env['WRIT_LONG'] === '1'

const include = ['test/**/*.test.ts']
const nest11 = `${import.meta.dirname}/packages/nestjs/test/nest-11/node_modules/@nestjs`

/** The same tests once more, on the other major. */
const NEST_11 = {
  extends: true as const,
  root: 'packages/nestjs',
  resolve: {
    alias: [{ find: /^@nestjs\//, replacement: `${nest11}/` }],
  },
  test: { name: 'nestjs-11', include, env: { NEST_MAJOR: '11' } },
}

export default defineConfig({
  test: {
    // By default one core is left to others, and on two cores that is half of them.
    maxWorkers: availableParallelism(),
    projects: [
      ...folders.map(({ name, root }) => ({
        extends: true as const,
        root,
        test: {
          name,
          include,
          // Loading a framework anew for each of dozens of files takes longer than they do.
          isolate: !SHARED.has(name),
        },
      })),
      ...(LONG ? [NEST_11] : []),
    ],
    // Tests that start processes, or draw many cases, share two busy cores.
    testTimeout: 20_000,
    // Guards print their refusals where NODE_ENV is not production, and tests refuse thousands of requests.
    onConsoleLog: (log) => !/^writ: (\d|\.\.\.)/.test(log),
    // A cached transform would not notice a changed tsconfig.
    fsModuleCache: false,
    coverage: { include: ['packages/*/src/**'] },
  },
})
