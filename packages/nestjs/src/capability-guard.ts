import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type OnModuleInit,
  Optional,
} from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import { attachCapability, type GuardEngine, type NodeRequest, nodeRequestView, type Refusal } from '@writ/http'
import { CapabilityException } from './capability-exception.ts'
import { knownGuardsOf } from './internal/declarations.ts'
import { holderOf } from './internal/holder.ts'
import { isRoutedBy } from './internal/is-routed-by.ts'
import { setDefaultHeaders, setHeaders } from './internal/set-headers.ts'
import { sourceOf } from './internal/source-of.ts'

/** Of the part of the guard that every adapter shares; it is known in `WritModule` alone. */
export const WRIT_ENGINE: unique symbol = Symbol('writ:engine')
/** Of the guard that `WritModule` made. */
export const WRIT_GUARD: unique symbol = Symbol('writ:guard')

/**
 * The guard of every handler. `WritModule` registers it as `APP_GUARD`, where it denies what is not declared; the decorators bring it
 * along too, to where no guard of the app runs: gateways, and the message handlers of hybrid apps. However often it stands before a
 * handler, it decides once.
 *
 * To find the request of contexts other than HTTP, extend it and name the subclass as `guard` of the module; without that they are
 * refused.
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
 * export const module = WritModule.forRoot({ keys: process.env['WRIT_PUBLIC_KEY'], anchor: 'service:orders', guard: GraphqlCapabilityGuard })
 * ```
 */
@Injectable()
export class CapabilityGuard implements CanActivate, OnModuleInit {
  // Injected as properties, so that the constructor of a subclass is its own.
  @Optional() @Inject(WRIT_ENGINE) private readonly engine?: GuardEngine<NodeRequest>
  @Inject(ModuleRef) private readonly moduleRef!: ModuleRef
  /** Nest makes one context for all guards before one run of a handler. */
  private readonly decisions = new WeakMap<ExecutionContext, Promise<true>>()

  /** Errors: `Error` when the app has no `WritModule`: whatever is declared would have no effect. */
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
   * The request that a context is about; `undefined` refuses it. Here: that of HTTP. What is no request of HTTP, see
   * `messageRequest`, must be a new object for each message.
   */
  protected getRequest(context: ExecutionContext): NodeRequest | undefined {
    return context.getType() === 'http' ? context.switchToHttp().getRequest() : undefined
  }

  private async decide(context: ExecutionContext, engine: GuardEngine<NodeRequest>): Promise<true> {
    const guards = knownGuardsOf(context.getClass(), context.getHandler())
    if (guards === 'public') return true
    const request = this.getRequest(context)
    if (!guards || !request || !isRoutedBy(context, request)) return refuse(context, engine, engine.unguarded())
    // One run of a handler is one use of a token, and one request of HTTP one proof, however many resolvers it runs.
    const view = nodeRequestView(request, sourceOf(context, request), context)
    const outcome = await engine.decideAll(guards, view, request)
    if (!outcome.allowed) return refuse(context, engine, outcome.refusal)
    attachCapability(holderOf(context), outcome.capability)
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
