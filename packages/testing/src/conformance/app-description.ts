import type { VerifiedCapability } from '@writ/core'
import type { HttpGuardOptions, RequirementDefaults } from '@writ/http'

/** An adapter under test. */
export interface ConformanceTarget {
  /** The adapter, with the version of its framework. */
  readonly name: string
  /**
   * Starts the described app on a free loopback port; best with a server that lets headers be large (`maxHeaderSize`), so that what
   * is too large is the guard's to refuse.
   */
  mount(app: AppDescription): Promise<MountedApp>
  /** Cases that the adapter does not owe: from the name of the case to the reason. */
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
  /** Let cross-origin requests from `ORIGIN` in, before any guard: preflights are answered by 204. */
  readonly cors: boolean
  /** Parse JSON bodies before any guard. */
  readonly json: boolean
  readonly routes: readonly RouteDescription[]
  /** Apps of their own, mounted below a path without params. */
  readonly mounts: readonly { readonly path: string; readonly routes: readonly RouteDescription[] }[]
  /** What requests and answers of every route have to wait for. Default: nothing. */
  readonly slow?: SlowPaths | undefined
  /** What the framework's own error handling answers, when refusals are handed to it. */
  readonly onError?: ((error: unknown) => ErrorAnswer) | undefined
}

/** Hooks of an app that take their time. Each is called, and awaited, for every request that gets there. */
export interface SlowPaths {
  /** By a middleware or hook before any guard. */
  readonly beforeGuard?: (() => Promise<void>) | undefined
  /** By a middleware or hook between the guards and the handler: code of the user, which does not run after a refusal. */
  readonly beforeHandler?: (() => Promise<void>) | undefined
  /** When an answer is ready, whoever gave it, and before its last byte leaves. */
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
  /** Headers that the handler sets, before it answers. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Whether `handle` returns an `AsyncIterable<string>`, which is sent chunk by chunk, as `text/plain`. Default `false`. */
  readonly streamed?: boolean | undefined
  /** Called by the handler, last of all; what it returns, or resolves to, is answered with status 200 as JSON. */
  handle(seen: SeenByHandler): unknown
}

/** `guard.public()`, or `guard.with(defaults[0]).with(defaults[1])(requirement)`. */
export type ConformanceGuard =
  | 'public'
  | {
      readonly defaults?: readonly RequirementDefaults[]
      readonly requirement: RequirementDefaults | readonly RequirementDefaults[]
    }

/** What a handler sees of a request that came through. */
export interface SeenByHandler {
  readonly capability: VerifiedCapability | undefined
  readonly params: Readonly<Record<string, unknown>>
}

/** The origin that the `cors` of an app lets in. */
export const ORIGIN = 'https://app.example'
