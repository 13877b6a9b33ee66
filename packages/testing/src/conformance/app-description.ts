import type { AttachedCapability, HttpGuardOptions, RequirementDefaults } from '@writ/http'

/** An adapter under test. */
export interface ConformanceTarget {
  /** The adapter, with the version of its framework. */
  readonly name: string
  /**
   * Starts the described app on a free loopback port. The server should accept large headers (`maxHeaderSize`), so that the
   * guard is what refuses them.
   */
  mount(app: AppDescription): Promise<MountedApp>
  /** Cases that do not apply to the adapter: from the name of the case to the reason. */
  readonly skip?: Readonly<Record<string, string>> | undefined
}

/** A running app. */
export interface MountedApp {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Stops it and frees the port. */
  close(): Promise<void>
}

/** An app in terms that every framework has. Paths are made of literal segments and `:param` segments. */
export interface AppDescription {
  /** The options of `writ`. */
  readonly options: HttpGuardOptions
  /** Accepts cross-origin requests from `ORIGIN`, before any guard: preflights are answered by 204. */
  readonly cors: boolean
  /** Parses JSON bodies before any guard. */
  readonly json: boolean
  readonly routes: readonly RouteDescription[]
  /** Sub-apps, each mounted below a path without params. */
  readonly mounts: readonly { readonly path: string; readonly routes: readonly RouteDescription[] }[]
  /** Slow hooks of every route. Default: none. */
  readonly slow?: SlowPaths | undefined
  /** What the framework's own error handling answers, if refusals are handed to it. */
  readonly onError?: ((error: unknown) => ErrorAnswer) | undefined
}

/** Slow hooks of an app. Each is called and awaited for every request that gets there. */
export interface SlowPaths {
  /** Called by a middleware or hook before any guard. */
  readonly beforeGuard?: (() => Promise<void>) | undefined
  /** Called by a middleware or hook between the guards and the handler. It must not run after a refusal. */
  readonly beforeHandler?: (() => Promise<void>) | undefined
  /** Called when any answer is ready, before its last byte leaves. */
  readonly beforeSend?: (() => Promise<void>) | undefined
}

/** What an error handler answers. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One route of an app. */
export interface RouteDescription {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  readonly path: string
  /** The guards before the handler, in order; all of them must pass. */
  readonly guards: readonly ConformanceGuard[]
  /** How the handler asks for the capability: `capability(x)`, which throws, or `optionalCapability(x)`. */
  readonly accessor: 'capability' | 'optionalCapability'
  /** Headers that the handler sets before it answers. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whether `handle` returns an `AsyncIterable<string>`, which is sent chunk by chunk, as `text/plain`. Default `false`. */
  readonly streamed?: boolean | undefined
  /** Called by the handler, last of all. What it returns or resolves to is answered with status 200 as JSON. */
  handle(seen: SeenByHandler): unknown
}

/** `guard.public()`, or `guard.with(defaults[0]).with(defaults[1])(requirement)`. */
export type ConformanceGuard =
  | 'public'
  | {
      readonly defaults?: readonly RequirementDefaults[]
      readonly requirement: RequirementDefaults | readonly RequirementDefaults[]
    }

/** What a handler sees of a request that passed. */
export interface SeenByHandler {
  readonly capability: AttachedCapability | undefined
  readonly params: Readonly<Record<string, unknown>>
}

/** The origin that the `cors` of an app accepts. */
export const ORIGIN = 'https://app.example'
