import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(parent)
    .map((name) => ({ name, root: `${parent}/${name}` }))
    .filter(({ root }) => existsSync(`${root}/package.json`)),
)

export default defineConfig({
  test: {
    projects: folders.map(({ name, root }) => ({
      extends: true,
      root,
      test: {
        name,
        include: ['test/**/*.test.ts'],
        typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
      },
    })),
    // Tests that start processes, or draw many cases, share two busy cores.
    testTimeout: 20_000,
    // A cached transform would not notice a changed tsconfig.
    fsModuleCache: false,
    coverage: { include: ['packages/*/src/**'] },
  },
})
