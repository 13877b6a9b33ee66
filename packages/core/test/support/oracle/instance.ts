import { readFileSync } from 'node:fs'

export type Glue = typeof import('@biscuit-auth/biscuit-wasm') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

export interface Instance {
  readonly glue: Glue
  memoryBytes(): number
}

const folder = new URL('../../../node_modules/@biscuit-auth/biscuit-wasm/module/', import.meta.url)
let compiled: WebAssembly.Module | undefined
let createGlue: ((...shadowed: unknown[]) => Glue) | undefined

/**
 * A fresh instance of the published biscuit-wasm, apart from all others. Its console is silent, its finalizers are off (they throw
 * after a trap), and its clock stands still: the built-in limit of 1 ms would refuse valid tokens on a busy machine.
 */
export function createInstance(): Instance {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('biscuit_bg.wasm', folder)))
  createGlue ??= glueFactory(readFileSync(new URL('biscuit_bg.js', folder), 'utf8'))
  const glue = createGlue(new Proxy({}, { get: () => () => {} }), undefined)
  const imports: Record<string, WebAssembly.ModuleImports> = {}
  for (const { module } of WebAssembly.Module.imports(compiled)) {
    imports[module] = module.includes('snippets') ? { performance_now: () => 0 } : ({ ...glue } as never)
  }
  const { exports } = new WebAssembly.Instance(compiled, imports)
  glue.__wbg_set_wasm(exports)
  ;(exports['__wbindgen_start'] as () => void)()
  return { glue, memoryBytes: () => (exports['memory'] as WebAssembly.Memory).buffer.byteLength }
}

/** The glue keeps its instance in module variables; as a function it can be run once for each instance. */
function glueFactory(source: string): (...shadowed: unknown[]) => Glue {
  const names = [...source.matchAll(/^export (?:function|class|const) (\w+)/gm)].map((match) => match[1])
  const body = `${source.replaceAll(/^export /gm, '')}\nreturn { ${names.join(', ')} }`
  return new Function('console', 'FinalizationRegistry', body) as (...shadowed: unknown[]) => Glue
}
