import { createGlue, loadBiscuitModule } from '#biscuit-module'
import { BiscuitError, isRefusal } from './biscuit-error.ts'
import type { BiscuitLibrary, Glue, WasmObject } from './library.ts'

/** Registers an object of the library to be freed when the call ends; returns it. */
export type Own = <T extends WasmObject>(object: T) => T

interface Instance {
  readonly library: Glue
  readonly memory: WebAssembly.Memory
}

// The library leaks some kilobytes per call, even if everything is freed. Above this size the whole instance is
// replaced.
const MAX_MEMORY_BYTES = 16 * 1024 * 1024

// The library has a fixed time limit of 1 ms for some runs. Its clock is slowed down, so that the limit is one second.
const CLOCK_FACTOR = 1 / 1000

let compiled: WebAssembly.Module | undefined
let instance: Instance | undefined

/**
 * Lends the library to `use`, synchronously. It is compiled on the first call. Objects that `use` passes to `own` are
 * freed afterwards, and no object of the library may leave the call. The instance is replaced if a call broke it, which
 * any token holder can cause, or if its memory has grown too much.
 *
 * @throws `BiscuitError` for everything that the library throws.
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

/** From now on uses `module` instead of the vendored one. */
export function replaceBiscuitModule(module: WebAssembly.Module): void {
  compiled = module
  instance = undefined
}

function instantiate(): Instance {
  const ignore = (): void => {}
  const library = createGlue({
    // The library logs when it starts, and its panics may print contents of a token.
    console: { debug: ignore, error: ignore, info: ignore, log: ignore, warn: ignore },
    // After a trap, a finalizer would throw from the garbage collector, which ends the process.
    FinalizationRegistry: undefined,
    // It compiles source text, which some platforms refuse. The library needs it only where `globalThis` is missing.
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
    // A builder that was built is freed already, and freeing it again is a trap.
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
