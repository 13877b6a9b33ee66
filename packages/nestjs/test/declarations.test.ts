import { describe, expect, it } from 'vitest'
import { Public, RequireAnyCapability, RequireCapability, requirementOf } from '../src/index.ts'

@RequireCapability({ resource: 'orders', operation: 'list', designate: ['tenantId'] })
class Orders {
  @RequireCapability({ operation: 'read', designate: ['orderId'] })
  read() {}
  list() {}
  @Public()
  about() {}
  @RequireAnyCapability([{ designate: ['orderId'] }, { resource: 'audit', operation: 'read' }])
  audit() {}
  @RequireCapability({ operation: 'a' })
  @RequireCapability({ operation: 'b' })
  both() {}
}

describe('a declaration', () => {
  it('a declaration of a method is merged with that of its class: designations are united, the method wins', () => {
    const requirement = requirementOf(Orders, 'read')
    expect(requirement).toMatchObject({ resource: 'orders', operation: 'read', subject: undefined })
    expect(requirement).toHaveProperty('designate', { tenantId: 'tenantId', orderId: 'orderId' })
    expect(Object.isFrozen(requirement)).toBe(true)
  })

  it('a declaration of a class holds for the methods that have none', () => {
    expect(requirementOf(Orders, 'list')).toMatchObject({ operation: 'list', designate: { tenantId: 'tenantId' } })
    expect(requirementOf(Orders, Orders.prototype.list)).toEqual(requirementOf(Orders, 'list'))
  })

  it('a declaration of several is merged one by one', () => {
    expect(requirementOf(Orders, 'audit')).toMatchObject([
      { resource: 'orders', operation: 'list', designate: { tenantId: 'tenantId', orderId: 'orderId' } },
      { resource: 'audit', operation: 'read', designate: { tenantId: 'tenantId' } },
    ])
  })

  it('a declaration that is first of several on a method is the one that requirementOf tells', () => {
    expect(requirementOf(Orders, 'both')).toMatchObject({ operation: 'a' })
  })

  it('a declaration of a method may make it public in a class that demands something, and the other way round', () => {
    @Public()
    class Open {
      @RequireCapability({ resource: 'orders' })
      closed() {}
      open() {}
    }
    expect(requirementOf(Orders, 'about')).toBe('public')
    expect(requirementOf(Open, 'open')).toBe('public')
    expect(requirementOf(Open, 'closed')).toMatchObject({ resource: 'orders' })
  })

  it('a declaration of a class that is public is not that of a subclass', () => {
    @Public()
    class Open {
      open() {}
      @Public()
      always() {}
    }
    class Sub extends Open {
      more() {}
    }
    expect(requirementOf(Open, 'open')).toBe('public')
    expect(requirementOf(Sub, 'open')).toBe(undefined)
    expect(requirementOf(Sub, 'more')).toBe(undefined)
    expect(requirementOf(Sub, 'always')).toBe('public')
  })

  it('a declaration of a class that is public does not open what the class inherits', () => {
    class Plain {
      plain() {}
    }
    @RequireCapability({ resource: 'orders' })
    class Closed extends Plain {
      list() {}
      replaced() {}
    }
    @Public()
    class Open extends Closed {
      override replaced() {}
      more() {}
    }
    expect(requirementOf(Open, 'list')).toEqual(requirementOf(Closed, 'list'))
    expect(requirementOf(Open, 'plain')).toEqual(requirementOf(Closed, 'plain'))
    expect(requirementOf(Open, 'replaced')).toBe('public')
    expect(requirementOf(Open, 'more')).toBe('public')
    @Public()
    class OpenPlain extends Plain {}
    expect(requirementOf(OpenPlain, 'plain')).toBe(undefined)
  })

  it('a declaration of a parent class goes before that of a subclass, for inherited and for new methods', () => {
    @RequireCapability({ resource: 'archive', designate: ['year'] })
    class Archive extends Orders {
      more() {}
    }
    class Plain extends Orders {}
    expect(requirementOf(Archive, 'read')).toMatchObject({
      resource: 'archive',
      operation: 'read',
      designate: { tenantId: 'tenantId', year: 'year', orderId: 'orderId' },
    })
    expect(requirementOf(Archive, 'more')).toMatchObject({ designate: { tenantId: 'tenantId', year: 'year' } })
    expect(requirementOf(Plain, 'read')).toEqual(requirementOf(Orders, 'read'))
  })

  it('a declaration is lost by a method that overrides it, whatever the class says', () => {
    @RequireCapability({ resource: 'orders' })
    class Sub extends Orders {
      override read() {}
      override about() {}
      override list() {}
    }
    class SubSub extends Sub {
      override read() {}
    }
    @Public()
    class Open extends Orders {
      override read() {}
    }
    expect(requirementOf(Sub, 'read')).toBe(undefined)
    expect(requirementOf(Sub, 'about')).toBe(undefined)
    expect(requirementOf(SubSub, 'read')).toBe(undefined)
    expect(requirementOf(Open, 'read')).toBe(undefined)
    // It had none of its own to lose.
    expect(requirementOf(Sub, 'list')).toMatchObject({ operation: 'list' })
  })

  it('a declaration of a class does not hold for a function that is none of its methods', () => {
    expect(requirementOf(Orders, () => {})).toBe(undefined)
    expect(requirementOf(Orders, 'nothing')).toBe(undefined)
  })

  it('a declaration survives a decorator that wraps the method and copies its metadata', () => {
    const wrap: MethodDecorator = (_target, _key, descriptor) => {
      const { value } = descriptor as PropertyDescriptor
      const wrapped = () => value()
      for (const key of Reflect.getMetadataKeys(value))
        Reflect.defineMetadata(key, Reflect.getMetadata(key, value), wrapped)
      Object.assign(descriptor, { value: wrapped })
    }
    class Traced {
      @wrap
      @RequireCapability({ resource: 'orders' })
      read() {}
    }
    expect(requirementOf(Traced, 'read')).toMatchObject({ resource: 'orders' })
  })

  it('a declaration that names no resource anywhere is a TypeError when it is put together', () => {
    class Nameless {
      @RequireCapability({ operation: 'read' })
      read() {}
    }
    expect(() => requirementOf(Nameless, 'read')).toThrow(new TypeError('resource: is required'))
  })

  it.each([
    ['resorce: unknown', () => RequireCapability({ resorce: 'orders' } as never)],
    ['operation: must be', () => RequireCapability({ operation: 7 } as never)],
    ['requirement: must be', () => RequireCapability(undefined as never)],
    ['requirements: must be', () => RequireAnyCapability([])],
    ['requirements: must be', () => RequireAnyCapability({ resource: 'orders' } as never)],
    ['designate', () => RequireAnyCapability([{ designate: ['a'] }, { designate: 7 as never }])],
  ])('a declaration that is wrong is a TypeError "%s" when the class is defined', (message, decorate) => {
    expect(decorate).toThrow(TypeError)
    expect(decorate).toThrow(new RegExp(`^${message}`))
  })

  it.each([
    [Public(), RequireCapability({ resource: 'orders' })],
    [RequireCapability({ resource: 'orders' }), Public()],
  ])('a declaration that contradicts another one is a TypeError', (first, second) => {
    class Confused {}
    first(Confused)
    expect(() => second(Confused)).toThrow(/^Confused: is declared public and something else/)
  })

  it('a declaration of a property is a TypeError', () => {
    const decorate = Public() as PropertyDecorator
    expect(() => decorate(Orders.prototype, 'property')).toThrow(/^target: only classes and methods/)
    expect(() => decorate(Orders, 'staticProperty')).toThrow(/^target: only classes and methods/)
  })
})
