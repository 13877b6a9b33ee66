import { newQuickJSWASMModuleFromVariant, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten-core'

/** A function of the host. Values cross as JSON does. */
export type HostFunction = (...args: readonly string[]) => string | number | boolean

/** A build of QuickJS, as the library takes it. */
type Variant = Parameters<typeof newQuickJSWASMModuleFromVariant>[0]

/** What an engine is given. */
export interface EngineOptions {
  /** The sources of modules, by the name that they are imported by. Nothing else can be imported. */
  readonly modules: ReadonlyMap<string, string>
  /** The functions of the global object `host`. Default: none. */
  readonly host?: Readonly<Record<string, HostFunction>> | undefined
  /** How long one call may take, in milliseconds. Default: for ever. */
  readonly timeout?: number | undefined
  /** Another build of QuickJS. Default: QuickJS itself. */
  readonly variant?: Variant | undefined
}

/** A QuickJS engine. Nothing of Node is within its reach but what `host` has. */
export interface Engine {
  /** Evaluates a module, runs what it has set off, and returns its default export. */
  evaluate(code: string): unknown
  /**
   * Calls a function that a module exports.
   *
   * @throws `Error` if it throws, or runs for too long.
   */
  call(module: string, name: string, ...args: readonly string[]): unknown
  /** The memory in use, in bytes. */
  heapBytes(): number
  close(): void
}

const STACK_BYTES = 256 * 1024

/** Starts an engine. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { modules, host = {}, timeout = Number.POSITIVE_INFINITY } = options
  const variant: Variant = options.variant ?? import('@jitl/quickjs-wasmfile-release-sync')
  const library = await newQuickJSWASMModuleFromVariant(variant)
  let deadline = Number.POSITIVE_INFINITY
  const runtime = library.newRuntime()
  runtime.setMaxStackSize(STACK_BYTES)
  runtime.setInterruptHandler(() => performance.now() > deadline)
  runtime.setModuleLoader((name) => modules.get(name) ?? { error: new Error(`there is no module ${name}`) })
  const context = runtime.newContext()
  giveHost(context, host)

  /** Runs a piece of work within the time limit, and what it has set off. */
  function run(work: () => ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
    deadline = performance.now() + timeout
    const result = work()
    if (result.error) throw result.error.consume(asError)
    const { error } = runtime.executePendingJobs()
    if (error) throw error.consume(asError)
    return result.value
  }

  /** A plain error: those of the library hold the engine. */
  function asError(handle: QuickJSHandle): Error {
    const { name, message } = (context.dump(handle) ?? {}) as { name?: unknown; message?: unknown }
    return new Error(`${name}: ${message}`)
  }

  const evaluate = (code: string) => run(() => context.evalCode(code, 'main', { type: 'module' }))
  /** What was called before. A module is evaluated once. */
  const called = new Map<string, QuickJSHandle>()
  function find(module: string, name: string): QuickJSHandle {
    const key = `${module} ${name}`
    const known = called.get(key)
    if (known !== undefined) return known
    const code = `import { ${name} } from ${JSON.stringify(module)}; export default ${name}`
    const found = evaluate(code).consume((exports) => context.getProp(exports, 'default'))
    called.set(key, found)
    return found
  }
  return Object.freeze({
    evaluate: (code) => evaluate(code).consume((exports) => (context.dump(exports) as { default?: unknown }).default),
    call(module, name, ...args) {
      const given = args.map((text) => context.newString(text))
      try {
        const answer = run(() => context.callFunction(find(module, name), context.undefined, ...given))
        return answer.consume(context.dump)
      } finally {
        for (const handle of given) handle.dispose()
      }
    },
    heapBytes: () => runtime.computeMemoryUsage().consume((usage) => context.dump(usage).memory_used_size),
    close() {
      for (const handle of called.values()) handle.dispose()
      context.dispose()
      runtime.dispose()
    },
  } satisfies Engine)
}

function giveHost(context: QuickJSContext, functions: Readonly<Record<string, HostFunction>>): void {
  const host = context.newObject()
  for (const [name, act] of Object.entries(functions)) {
    const handle = context.newFunction(name, (...args) => {
      const answer = act(...args.map((arg) => String(context.dump(arg))))
      if (typeof answer === 'string') return context.newString(answer)
      return typeof answer === 'number' ? context.newNumber(answer) : answer ? context.true : context.false
    })
    context.setProp(host, name, handle)
    handle.dispose()
  }
  context.setProp(context.global, 'host', host)
  host.dispose()
}
