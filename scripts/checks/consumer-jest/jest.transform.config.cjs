// The recipe of the README: it compiles the packages, which are ES modules, for Jest's own `require`.
const tsconfig = { allowJs: true, esModuleInterop: true, isolatedModules: true, module: 'commonjs', target: 'es2022' }

module.exports = {
  ...require('./jest.plain.config.cjs'),
  transform: {
    '/node_modules/@(?:writ|noble)/.+\\.js$': ['ts-jest', { tsconfig, diagnostics: false }],
    '^.+\\.(t|j)s$': 'ts-jest',
  },
  transformIgnorePatterns: ['/node_modules/(?!(?:\\.pnpm|@writ|@noble)/)'],
}
