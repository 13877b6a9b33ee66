import { createGlue, loadBiscuitModule } from '#biscuit-module'
import { BiscuitError, isRefusal } from './biscuit-error.ts'
import type { BiscuitLibrary, Glue, WasmObject } from './library.ts'

/** Registers an object of the library to be freed when the call ends; returns it. */
export type Own = <T extends WasmObject>(object: T) => T

interface Instance {
  readonly library: Glue
  readonly memory: WebAssembly.Memory
}

// The library's allocator leaks some kilobytes a call, freed or not: above this its memory is thrown away as a whole.
const MAX_MEMORY_BYTES = 16 * 1024 * 1024

// The library gives itself 1 ms for some runs and cannot be told otherwise, so its clock runs slower: 1 ms of it is a second.
const CLOCK_FACTOR = 1 / 1000

let compiled: WebAssembly.Module | undefined
let instance: Instance | undefined

/**
 * Lends the library to `use`, synchronously; it is compiled on the first call. What `use` passes to `own` is freed afterwards; no
 * object of the library may leave the call. The instance is replaced when a call broke it (any token holder can cause that)
 * or its memory has grown. Throws `BiscuitError` for whatever the library throws.
 */
export function withBiscuit<T>(use: (library: BiscuitLibrary, own: Own) => T): T {
  const owned: WasmObject[] = []
  instance ??= instantiate()
  const { library, memory } = instance
  try {
    const result = use(library, (object) => {
      owned.push(object)
      return object
    })
    freeAll(owned)
    if (memory.buffer.byteLength > MAX_MEMORY_BYTES) instance = undefined
    return result
  } catch (thrown) {
    if (!isRefusal(thrown)) instance = undefined
    else releaseAfterRefusal(owned)
    throw new BiscuitError(thrown)
  }
}

/** Uses `module` instead of the vendored one from now on. */
export function replaceBiscuitModule(module: WebAssembly.Module): void {
  compiled = module
  instance = undefined
}

function instantiate(): Instance {
  const ignore = (): void => {}
  const library = createGlue({
    // It logs when it starts, and its panics may print what a token holds.
    console: { debug: ignore, error: ignore, info: ignore, log: ignore, warn: ignore },
    // A finalizer that runs after a trap throws from the garbage collector, which ends the process.
    FinalizationRegistry: undefined,
    // It would compile source text, which some platforms refuse; it is only reached where `globalThis` is missing.
    Function: undefined,
    module: undefined,
  })
  compiled ??= loadBiscuitModule()
  const started = performance.now()
  const now = (): number => (performance.now() - started) * CLOCK_FACTOR
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    imports[module] ??= {}
    imports[module][name] = name === 'performance_now' ? now : (library[name] as WebAssembly.ImportValue)
  }
  const { exports } = new WebAssembly.Instance(compiled, imports)
  library.__wbg_set_wasm(exports)
  ;(exports['__wbindgen_start'] as () => void)()
  return { library, memory: exports['memory'] as WebAssembly.Memory }
}

function freeAll(owned: readonly WasmObject[]): void {
  for (const object of owned) {
    // A builder that was built is gone already; freeing it again is a trap.
    if ((object as { __wbg_ptr?: number }).__wbg_ptr !== 0) object.free()
  }
}

function releaseAfterRefusal(owned: readonly WasmObject[]): void {
  try {
    freeAll(owned)
  } catch {
    instance = undefined
  }
}
