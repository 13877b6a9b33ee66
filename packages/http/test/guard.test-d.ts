import { expectTypeOf, test } from 'vitest'
import {
  type Guard,
  type GuardWithResource,
  type HttpGuardOptions,
  mergeRequirements,
  type RequestView,
  type Requirement,
} from '../src/index.ts'

interface Native {
  readonly user: string
}
declare const guard: Guard<Native, () => void>

test('a requirement names its resource, unless the defaults do', () => {
  guard({ resource: 'invoices' })
  guard([{ resource: 'invoices' }, { resource: 'orders' }])
  // @ts-expect-error: no resource
  guard({ designate: ['tenantId'] })
  // @ts-expect-error: no requirement
  guard()
  // @ts-expect-error: no resource in the defaults either
  guard.with({ designate: ['tenantId'] })({ operation: 'read' })
  guard.with({ resource: 'invoices' })()
  guard.with({ resource: 'invoices' })({ designate: ['invoiceId'] })
  guard.with({ designate: ['tenantId'] }).with({ resource: 'invoices' })()
  expectTypeOf(guard.with({ resource: 'invoices' })).toEqualTypeOf<GuardWithResource<Native, () => void>>()
  expectTypeOf(guard.with({ operation: 'read' })).toEqualTypeOf<Guard<Native, () => void>>()
})

test('a requirement has no other keys, and its sources are of five kinds', () => {
  // @ts-expect-error: a misspelt key
  guard({ resource: 'invoices', designates: [] })
  guard({ resource: 'invoices', designate: { a: 'id', b: { body: 'id' }, c: () => 'id', d: async () => undefined } })
  // @ts-expect-error: a number is not a designation
  guard({ resource: 'invoices', designate: { a: () => 7 } })
  guard({ resource: 'invoices', designate: { a: { query: 'id' }, b: { header: 'x-id' } } })
  // @ts-expect-error: a cookie is read by a function
  guard({ resource: 'invoices', designate: { a: { cookie: 'id' } } })
})

test('a designate function gets the view and what the framework has', () => {
  guard({
    resource: 'invoices',
    designate: {
      a: (request, native) => {
        expectTypeOf(request).toEqualTypeOf<RequestView>()
        expectTypeOf(native).toEqualTypeOf<Native>()
        expectTypeOf(request.params['id']).toEqualTypeOf<string | undefined>()
        return native.user
      },
    },
  })
  guard.with({ resource: 'invoices', designate: { a: (_request, native) => native.user } })
})

test('what knows nothing of a framework serves every framework', () => {
  expectTypeOf<Requirement>().toExtend<Requirement<Native>>()
  expectTypeOf<HttpGuardOptions>().toExtend<HttpGuardOptions<Native>>()
  expectTypeOf<Requirement<Native>>().not.toExtend<Requirement>()
})

test('a requirement of parts is one where its first part names the resource', () => {
  expectTypeOf(mergeRequirements({ resource: 'invoices' }, { designate: ['id'] })).toExtend<Requirement>()
  expectTypeOf(mergeRequirements({ operation: 'read' }, { resource: 'invoices' })).not.toExtend<Requirement>()
})
