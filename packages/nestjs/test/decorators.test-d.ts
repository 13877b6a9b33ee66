import type { IncomingMessage } from 'node:http'
import type { DynamicModule, ExecutionContext, RawBodyRequest } from '@nestjs/common'
import { expectTypeOf, test } from 'vitest'
import {
  type AttachedCapability,
  Capability,
  CapabilityGuard,
  capability,
  type DesignatedCapability,
  type GuardDescription,
  type NodeRequest,
  optionalCapability,
  Public,
  RequireAnyCapability,
  RequireCapability,
  requirementOf,
  type VerifiedCapability,
  WritModule,
} from '../src/index.ts'

declare const context: ExecutionContext

interface OwnRequest extends NodeRequest {
  readonly tenant: string
}

test('the decorators stand on classes and methods, and nowhere else', () => {
  @RequireCapability({ resource: 'orders' })
  class Orders {
    @RequireAnyCapability([{ operation: 'read' }, { operation: 'list' }])
    read(@Capability() _one: VerifiedCapability, @Capability({ optional: true }) _other?: VerifiedCapability) {}
    @Public()
    about() {}
    // @ts-expect-error: no decorator of methods
    @Capability()
    wrong() {}
    // @ts-expect-error: no decorator of parameters
    other(@Public() _one: string) {}
  }
  expectTypeOf(requirementOf(Orders, 'read')).toEqualTypeOf<GuardDescription | undefined>()
})

test('a requirement has the keys of the guard', () => {
  // @ts-expect-error: unknown key
  RequireCapability({ resorce: 'orders' })
  // @ts-expect-error: not a list
  RequireAnyCapability({ resource: 'orders' })
  // @ts-expect-error: unknown option
  Capability({ required: false })
})

test('a designate function gets the request, typed by whoever knows the platform', () => {
  RequireCapability({
    designate: {
      path: ({ path }, request) => {
        expectTypeOf(request).toEqualTypeOf<NodeRequest>()
        return path
      },
    },
  })
  RequireCapability({ designate: { tenantId: (_view, request: OwnRequest) => request.tenant } })
  RequireCapability({
    designate: { tenantId: (_view, request: RawBodyRequest<IncomingMessage>) => request.headers.host },
  })
  // @ts-expect-error: a request, and not the context
  RequireCapability({ designate: { tenantId: (_view, request: ExecutionContext) => request.getType() } })
  // @ts-expect-error: no request of HTTP
  RequireCapability({ designate: { tenantId: (_view, request: number) => String(request) } })
})

test('forRoot and forRootAsync take the options of a guard', () => {
  class OwnGuard extends CapabilityGuard {
    protected override getRequest(inner: ExecutionContext): NodeRequest | undefined {
      return super.getRequest(inner)
    }
  }
  expectTypeOf(
    WritModule.forRoot({ keys: '', anchor: null, checkRoutes: false, guard: OwnGuard }),
  ).toEqualTypeOf<DynamicModule>()
  WritModule.forRootAsync({ useFactory: async () => ({ keys: '', anchor: null, realm: 'orders' }), isGlobal: false })
  // @ts-expect-error: keys are required
  WritModule.forRoot({})
  // @ts-expect-error: unknown option
  WritModule.forRoot({ keys: '', checkRoute: false })
  // @ts-expect-error: no guard of capabilities
  WritModule.forRoot({ keys: '', guard: Date })
})

test('labels that are named are known to the accessors and to whoever types a parameter by hand', () => {
  expectTypeOf(capability(context, ['tenantId'])).toEqualTypeOf<DesignatedCapability<'tenantId'>>()
  expectTypeOf(capability(context, ['tenantId']).designations.tenantId).toEqualTypeOf<string>()
  // @ts-expect-error: not named
  capability(context, ['tenantId']).designations.orderId.trim()
  // @ts-expect-error: a label is a text
  Capability({ labels: [7] })
  class Orders {
    read(@Capability({ labels: ['tenantId'] }) { designations }: DesignatedCapability<'tenantId', 'tenantId'>) {
      expectTypeOf(designations.tenantId).toEqualTypeOf<string | undefined>()
    }
  }
  expectTypeOf(Orders).not.toBeAny()
})

test('the accessors tell whether there may be none', () => {
  expectTypeOf(capability(context)).toEqualTypeOf<AttachedCapability>()
  expectTypeOf(optionalCapability(context)).toEqualTypeOf<AttachedCapability | undefined>()
})
