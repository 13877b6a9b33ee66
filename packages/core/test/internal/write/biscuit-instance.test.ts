import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fact } from '../../support/forge/datalog.ts'
import { appendBlock } from '../../support/forge/forge.ts'
import { root } from '../../support/keys.ts'
import type { Glue } from '../../support/oracle/instance.ts'

const dist = new URL('../../../dist/internal/write/biscuit/', import.meta.url)
const upstream = new URL('../../../node_modules/@biscuit-auth/biscuit-wasm/', import.meta.url)
const right = { subject: 'alice', resource: 'invoices', operation: 'read' }

/** A module graph of its own, in which nothing is compiled yet. */
async function load() {
  vi.resetModules()
  const [{ withBiscuit }, { mintCapability }, { setBiscuitModule }] = await Promise.all([
    import('../../../src/internal/write/biscuit/with-biscuit.ts'),
    import('../../../src/capability/mint-capability.ts'),
    import('../../../src/set-biscuit-module.ts'),
  ])
  return { withBiscuit, mint: () => mintCapability(right, root.privateKey), setBiscuitModule }
}

/** Counts what is compiled and instantiated from now on, to the end of the test. */
function countWasm() {
  const counts = { modules: 0, instances: [] as WebAssembly.Module[] }
  const { Module, Instance } = WebAssembly
  class CountedModule extends Module {
    constructor(bytes: BufferSource) {
      super(bytes)
      counts.modules++
    }
  }
  class CountedInstance extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports)
      counts.instances.push(module)
    }
  }
  vi.stubGlobal('WebAssembly', { Module: CountedModule, Instance: CountedInstance })
  return counts
}

/** What biscuit-wasm does with a token when it is asked to judge it; the package itself never asks. */
function authorize(library: unknown, token: string): void {
  const { AuthorizerBuilder, Biscuit, PublicKey, SignatureAlgorithm } = library as Glue
  const key = PublicKey.fromString(root.publicKey.split('/')[1] ?? '', SignatureAlgorithm.Ed25519)
  new AuthorizerBuilder().buildAuthenticated(Biscuit.fromBase64(token, key))
}

beforeEach(() => {
  for (const method of ['debug', 'error', 'info', 'log', 'warn'] as const) vi.spyOn(console, method)
})

afterEach(() => {
  for (const method of ['debug', 'error', 'info', 'log', 'warn'] as const)
    expect(console[method]).not.toHaveBeenCalled()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the vendored library', () => {
  it('the vendored library equals upstream byte for byte and has its licence', () => {
    const wasm = readFileSync(new URL('module/biscuit_bg.wasm', upstream))
    expect(readFileSync(new URL('biscuit_bg.wasm', dist)).equals(wasm)).toBe(true)
    const inlined = readFileSync(new URL('biscuit-wasm-base64.js', dist), 'utf8').replace(
      /^export default '(.*)'\n$/,
      '$1',
    )
    expect(Buffer.from(inlined, 'base64').equals(wasm)).toBe(true)
    const licence = readFileSync(new URL('LICENSE', upstream), 'utf8')
    expect(readFileSync(new URL('LICENSE.biscuit-wasm', dist), 'utf8')).toBe(licence)
  })

  it('the vendored glue says what was changed and otherwise equals upstream', () => {
    const glue = readFileSync(new URL('glue.js', dist), 'utf8')
    const source = readFileSync(new URL('module/biscuit_bg.js', upstream), 'utf8').replaceAll(/^export /gm, '')
    expect(glue).toMatch(/^\/\/ From @biscuit-auth\/biscuit-wasm 0\.6\.0, .*Apache-2\.0.*\n\/\/ Changed: /)
    expect(glue).toContain(source)
  })

  it('the vendored library uses no file, network or platform module', () => {
    const source = new URL('../../../src/internal/write/biscuit/', import.meta.url)
    for (const file of [
      new URL('module.inline.ts', source),
      new URL('with-biscuit.ts', source),
      new URL('glue.js', dist),
    ]) {
      const code = readFileSync(file, 'utf8')
      expect(code).not.toMatch(/\bfetch\(|node:|import\.meta|\bawait\b|import\(/)
    }
  })
})

describe('an instance of the library', () => {
  it('an instance is compiled at the first call, not at import, and is then kept', async () => {
    const counts = countWasm()
    const { mint } = await load()
    expect(counts).toEqual({ modules: 0, instances: [] })
    await mint()
    await mint()
    expect(counts.modules).toBe(1)
    expect(counts.instances).toHaveLength(1)
  })

  it('an instance registers no finalizers, which would throw after a trap', async () => {
    vi.stubGlobal(
      'FinalizationRegistry',
      class {
        constructor() {
          throw new Error('a finalizer')
        }
      },
    )
    const { mint } = await load()
    await expect(mint()).resolves.toMatch(/^[A-Za-z0-9_-]+=*$/)
  })

  it('an instance is replaced each time that a token traps it', async () => {
    const { withBiscuit, mint } = await load()
    // Each trap leaks some of the stack of its instance: an instance that was kept would fail for good after 504 of them.
    const trap = appendBlock(await mint(), { facts: [fact('evil', { symbol: 2n ** 60n })] })
    const counts = countWasm()
    for (let attempt = 0; attempt < 40; attempt++) {
      const library = withBiscuit((current) => current)
      expect(() => withBiscuit((current) => authorize(current, trap))).toThrow(
        /^the Biscuit library failed: RuntimeError$/,
      )
      expect(withBiscuit((current) => current)).not.toBe(library)
      await expect(mint()).resolves.toMatch(/^[A-Za-z0-9_-]+=*$/)
    }
    expect(counts.modules).toBe(0)
    expect(counts.instances).toHaveLength(40)
  })

  it('an instance is replaced after Datalog overflows its stack', async () => {
    const { withBiscuit, mint } = await load()
    await mint()
    for (const source of [`check if ${'('.repeat(20_000)}`, `check if ${'!'.repeat(20_000)}true`]) {
      const library = withBiscuit((current) => current)
      expect(() => withBiscuit((current, own) => own(current.Check.fromString(source)))).toThrow(
        /^the Biscuit library failed: R(untime|ange)Error$/,
      )
      expect(withBiscuit((current) => current)).not.toBe(library)
      await expect(mint()).resolves.toMatch(/^[A-Za-z0-9_-]+=*$/)
    }
  })

  it('an instance is replaced once its memory exceeds 16 MiB', async () => {
    const { withBiscuit, mint } = await load()
    const counts = countWasm()
    const text = 'x'.repeat(1 << 20)
    const library = withBiscuit((current) => current)
    const grow = (): void =>
      withBiscuit((current, own) => {
        const check = own(current.Check.fromString('check if designation({label}, {value})'))
        check.set('label', text)
        check.set('value', text)
      })
    for (let call = 0; call < 24 && withBiscuit((current) => current) === library; call++) grow()
    expect(withBiscuit((current) => current)).not.toBe(library)
    await expect(mint()).resolves.toMatch(/^[A-Za-z0-9_-]+=*$/)
    expect(counts.modules).toBe(1)
    expect(counts.instances).toHaveLength(2)
  })

  it('an instance is kept after it refuses something', async () => {
    const { withBiscuit, mint } = await load()
    const library = withBiscuit((current) => current)
    expect(() => withBiscuit((current, own) => own(current.Check.fromString('check if alice')))).toThrow(
      /^the Biscuit library failed: Language\.ParseError$/,
    )
    const secret = 'c2VjcmV0LXRva2Vu'
    expect(() => withBiscuit((current) => authorize(current, secret))).toThrow(
      /^the Biscuit library failed: Format\.DeserializationError$/,
    )
    expect(withBiscuit((current) => current)).toBe(library)
    await expect(mint()).resolves.toMatch(/^[A-Za-z0-9_-]+=*$/)
  })

  it('an instance is replaced after an error of the caller, which may have left any state behind', async () => {
    const { withBiscuit } = await load()
    const library = withBiscuit((current) => current)
    expect(() =>
      withBiscuit(() => {
        throw new Error('secret')
      }),
    ).toThrow(/^the Biscuit library failed: Error$/)
    expect(withBiscuit((current) => current)).not.toBe(library)
  })

  it('an instance frees what the call owned, and frees nothing twice', async () => {
    const { withBiscuit } = await load()
    const freed: string[] = []
    const objects = withBiscuit((current, own) => {
      const builder = own(new current.BiscuitBuilder())
      const key = own(current.PrivateKey.fromBytes(new Uint8Array(32).fill(7), current.SignatureAlgorithm.Ed25519))
      const token = own(builder.build(key))
      const watch = { free: () => freed.push('watched') }
      own(watch as never)
      return { builder, key, token }
    })
    expect(freed).toEqual(['watched'])
    for (const object of Object.values(objects)) expect(object).toMatchObject({ __wbg_ptr: 0 })
  })
})

describe('setBiscuitModule', () => {
  it('setBiscuitModule replaces the module that is instantiated', async () => {
    const module = new WebAssembly.Module(readFileSync(new URL('biscuit_bg.wasm', dist)))
    const counts = countWasm()
    const { mint, setBiscuitModule } = await load()
    setBiscuitModule(module)
    await mint()
    expect(counts.modules).toBe(0)
    expect(counts.instances).toEqual([module])
  })

  it('setBiscuitModule refuses a value that is not a module', async () => {
    const { setBiscuitModule } = await load()
    for (const module of [undefined, null, {}, new Uint8Array(8), WebAssembly, 'biscuit_bg.wasm']) {
      expect(() => setBiscuitModule(module as never)).toThrow(TypeError)
      expect(() => setBiscuitModule(module as never)).toThrow(/^module: expected a WebAssembly\.Module$/)
    }
  })
})
