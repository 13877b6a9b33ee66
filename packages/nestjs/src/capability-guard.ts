import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { attachCapability, type HttpGuard, type NodeRequest, nodeRequestView, type Refusal } from '@writ/http'
import { CapabilityException } from './capability-exception.ts'
import { setHeaders } from './internal/capability-filter.ts'
import { holderOf } from './internal/holder.ts'
import { knownGuardsOf } from './internal/walk-declarations.ts'

/** Of the part of the guard that every adapter shares. */
export const WRIT_ENGINE: unique symbol = Symbol('writ:engine')

/**
 * The guard of every handler, which `WritModule` registers as `APP_GUARD`: it denies what is not declared. To find the request of
 * contexts other than HTTP, extend it and name the subclass as `guard` of the module; without that they are refused.
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
 * export const module = WritModule.forRoot({ keys: process.env['WRIT_PUBLIC_KEY'] ?? '', guard: GraphqlCapabilityGuard })
 * ```
 */
@Injectable()
export class CapabilityGuard implements CanActivate {
  /** Injected as a property, so that the constructor of a subclass is its own. */
  @Inject(WRIT_ENGINE) private readonly engine!: HttpGuard<NodeRequest>

  /** `true`, with the capability attached, or throws a {@link CapabilityException}. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const guards = knownGuardsOf(context.getClass(), context.getHandler())
    if (guards === 'public') return true
    const request = this.getRequest(context)
    if (!guards || !request) return this.refuse(context, this.engine.unguarded())
    const view = nodeRequestView(request)
    for (const requirements of guards) {
      const outcome = await this.engine.decide(requirements, view, request)
      if (!outcome.allowed) return this.refuse(context, outcome.refusal)
      attachCapability(holderOf(context), outcome.capability)
    }
    return true
  }

  /** The request that a context is about; `undefined` refuses it. Here: that of HTTP. */
  protected getRequest(context: ExecutionContext): NodeRequest | undefined {
    return context.getType() === 'http' ? context.switchToHttp().getRequest() : undefined
  }

  private refuse(context: ExecutionContext, refusal: Refusal): never {
    if (this.engine.refuse === 'answer' && context.getType() === 'http') setHeaders(context, refusal.headers)
    throw new CapabilityException(refusal)
  }
}
