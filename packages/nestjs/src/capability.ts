import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { type AttachedCapability, attachedCapability, type DesignatedCapability, demandCapability } from '@writ/http'
import { holderOf } from './internal/holder.ts'

/** Options of {@link Capability}. */
export interface CapabilityParamOptions {
  /** `undefined` instead of an error if there is none: on public and optional routes, and in report mode. Default `false`. */
  readonly optional?: boolean | undefined
  /**
   * Labels that the capability must bind. They are checked, so the parameter can have the type `DesignatedCapability<'tenantId'>`.
   * Not checked if there is no capability and `optional` is set. Default: none.
   */
  readonly labels?: readonly string[] | undefined
}

/**
 * The capability that the guard of this request attached, as a parameter of a handler: a `VerifiedCapability`. If there
 * is none, the answer is 500 and the log names the route; with `{ optional: true }` the parameter is `undefined`. With
 * `{ labels: ['tenantId'] }` it is a `DesignatedCapability<'tenantId'>`, whose `designations.tenantId` is a `string`. In
 * report mode its `enforced` is `false`, and a request without a valid token has one of nobody for nothing.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import { Capability, RequireCapability } from '@writ/nestjs'
 * import type { VerifiedCapability } from '@writ/nestjs'
 *
 * @Controller('whoami')
 * export class WhoAmIController {
 *   @Get()
 *   @RequireCapability({ resource: 'profiles', optional: true })
 *   read(@Capability({ optional: true }) capability?: VerifiedCapability) {
 *     return { subject: capability?.subject ?? 'stranger' }
 *   }
 * }
 * ```
 */
export const Capability: (options?: CapabilityParamOptions) => ParameterDecorator = createParamDecorator(
  (options: CapabilityParamOptions | undefined, context: ExecutionContext) =>
    options?.optional && !optionalCapability(context) ? undefined : capability(context, options?.labels),
)

/**
 * The capability that the guard of this request attached, for interceptors and guards, which have the context. In report
 * mode its `enforced` is `false`, and a request without a valid token has one of nobody for nothing.
 *
 * @param labels - Labels that the capability must bind. Default: none.
 * @throws `Error` naming the route if there is none: it is public, or lets requests without a capability pass. Also if it does
 * not bind each of `labels`.
 *
 * @example
 * ```ts
 * import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
 * import { capability } from '@writ/nestjs'
 *
 * export class AuditInterceptor implements NestInterceptor {
 *   intercept(context: ExecutionContext, next: CallHandler) {
 *     console.log(capability(context).subject)
 *     return next.handle()
 *   }
 * }
 * ```
 */
export function capability<const Label extends string = never>(
  context: ExecutionContext,
  labels?: readonly Label[],
): DesignatedCapability<Label> {
  return demandCapability(holderOf(context), `${context.getClass().name}.${context.getHandler().name}`, labels)
}

/**
 * The capability that the guard of this request attached, or `undefined` if none was proven: on public and optional
 * routes, and in report mode.
 *
 * @example
 * ```ts
 * import type { ExecutionContext } from '@nestjs/common'
 * import { optionalCapability } from '@writ/nestjs'
 *
 * export const subjectOf = (context: ExecutionContext) => optionalCapability(context)?.subject
 * ```
 */
export function optionalCapability(context: ExecutionContext): AttachedCapability | undefined {
  return attachedCapability(holderOf(context))
}
