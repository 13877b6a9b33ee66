import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import { attachCapability, createSideTable, type GuardEngine, type NodeRequest, type Refusal } from '@writ/http'
import { CapabilityException } from './capability-exception.ts'
import { knownGuardsOf } from './internal/declarations.ts'
import { holderOf } from './internal/holder.ts'
import { isRoutedBy } from './internal/is-routed-by.ts'
import { setDefaultHeaders, setHeaders } from './internal/set-headers.ts'
import { viewOf } from './internal/view-of.ts'
import { watchAnswers } from './internal/watch-answers.ts'

/** The injection token of the guard engine, which only `WritModule` has. */
export const WRIT_ENGINE: unique symbol = Symbol('writ:engine')
/** The injection token of the guard that `WritModule` made. */
export const WRIT_GUARD: unique symbol = Symbol('writ:guard')

/**
 * The guard of every handler. `WritModule` registers it as `APP_GUARD`, where it denies handlers that declare nothing.
 * The decorators add it also where Nest runs no guard of the app: at gateways, and at the message handlers of hybrid
 * apps. It decides once for one run of a handler, even if it stands before that handler several times.
 *
 * To find the request of contexts other than HTTP, extend it and name the subclass as `guard` of the module. Otherwise
 * these contexts are refused.
 *
 * @example
 * ```ts
 * import type { ExecutionContext } from '@nestjs/common'
 * import { CapabilityGuard, type NodeRequest, WritModule } from '@writ/nestjs'
 *
 * class GraphqlCapabilityGuard extends CapabilityGuard {
 *   protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
 *     if (context.getType<string>() === 'graphql') return context.getArgByIndex(2).req
 *     return super.getRequest(context)
 *   }
 * }
 * export const module = WritModule.forRoot({
 *   keys: process.env['WRIT_PUBLIC_KEY'],
 *   anchor: 'service:orders',
 *   guard: GraphqlCapabilityGuard,
 * })
 * ```
 */
@Injectable()
export class CapabilityGuard implements CanActivate, OnModuleInit {
  // Injected as properties, so that a subclass can have any constructor.
  @Optional() @Inject(WRIT_ENGINE) private readonly engine?: GuardEngine<NodeRequest>
  @Inject(ModuleRef) private readonly moduleRef!: ModuleRef
  /** By context: Nest makes one context for all guards before one run of a handler. */
  private readonly decisions = createSideTable<ExecutionContext, Promise<true>>()

  /** Throws an `Error` if the app has no `WritModule`, because no declaration would have an effect. */
  onModuleInit(): void {
    if (!this.engine) findGuard(this.moduleRef)
  }

  /** `true`, with the capability attached, or rejects with a {@link CapabilityException}. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.engine) return findGuard(this.moduleRef).canActivate(context) as Promise<boolean>
    const decision = this.decisions.get(context) ?? this.decide(context, this.engine)
    this.decisions.set(context, decision)
    return decision
  }

  /**
   * Returns the request of a context; `undefined` refuses it. This class knows only HTTP. Outside of HTTP, return a new
   * object for each message: see `messageRequest`.
   */
  protected getRequest(context: ExecutionContext): NodeRequest | undefined {
    return context.getType() === 'http' ? context.switchToHttp().getRequest() : undefined
  }

  private async decide(context: ExecutionContext, engine: GuardEngine<NodeRequest>): Promise<true> {
    const guards = knownGuardsOf(context.getClass(), context.getHandler())
    if (guards === 'public') return true
    watchAnswers(context)
    const request = this.getRequest(context)
    if (!guards || !request || !isRoutedBy(context, request)) return refuse(context, engine, engine.unguarded())
    const outcome = await engine.decideAll(guards, viewOf(context, request), request)
    if (!outcome.allowed) return refuse(context, engine, outcome.refusal)
    attachCapability(holderOf(context), outcome.capability, outcome.code)
    if (context.getType() === 'http') setDefaultHeaders(context, outcome.headers ?? {})
    return true
  }
}

function findGuard(moduleRef: ModuleRef): CanActivate {
  try {
    return moduleRef.get<CanActivate>(WRIT_GUARD, { strict: false })
  } catch (cause) {
    throw new Error('CapabilityGuard: the app does not import WritModule', { cause })
  }
}

function refuse(context: ExecutionContext, engine: GuardEngine<NodeRequest>, refusal: Refusal): never {
  if (engine.refuse === 'answer' && context.getType() === 'http') setHeaders(context, refusal.headers)
  throw new CapabilityException(refusal)
}
