import { describe, expect, it } from 'vitest'
import { bindGuard, createGuardEngine, type HasParam, missingParams, requirementOf } from '../../src/index.ts'
import { publicKey } from '../support.ts'

const engine = createGuardEngine<object>({ keys: publicKey, anchor: null })
const guard = bindGuard(engine, () => () => {})
const files = guard.with({ resource: 'files' })
const params: HasParam = (name) => ['tenantId', 'fileId'].includes(name)

describe('missingParams', () => {
  it('is empty where the path has every param of the guard', () => {
    expect(missingParams(requirementOf(files({ designate: ['tenantId', 'fileId'] })), params)).toEqual([])
  })

  it('names every param that the path does not have, by its source and not by its label', () => {
    const description = requirementOf(files({ designate: { tenantId: 'tenant', fileId: 'fileId', userId: 'user' } }))
    expect(missingParams(description, params)).toEqual([
      'designate: "tenant" is not a param of this path',
      'designate: "user" is not a param of this path',
    ])
  })

  it('looks at each of several requirements of one guard', () => {
    const description = requirementOf(
      files([{ designate: ['tenantId'] }, { designate: ['id'] }, { designate: ['user'] }]),
    )
    expect(missingParams(description, params)).toEqual([
      'designate: "id" is not a param of this path',
      'designate: "user" is not a param of this path',
    ])
  })

  it('says of a wildcard that it has several values', () => {
    expect(missingParams(requirementOf(files({ designate: ['rest'] })), () => 'wildcard')).toEqual([
      'designate: "rest" is a wildcard with several values, use a function',
    ])
  })

  it('asks nothing about queries, headers, bodies and functions', () => {
    const designate = { a: { query: 'a' }, b: { header: 'b' }, c: { body: 'c' }, d: () => 'd' }
    expect(missingParams(requirementOf(files({ designate })), () => false)).toEqual([])
  })

  it('is empty for public routes and for handlers that are not guards', () => {
    expect(missingParams(requirementOf(guard.public()), () => false)).toEqual([])
    expect(
      missingParams(
        requirementOf(() => {}),
        () => false,
      ),
    ).toEqual([])
  })

  it.each(['constructor', '__proto__', 'toString'])('asks about a param called %s like about any other', (name) => {
    const description = requirementOf(files({ designate: { tenantId: name } }))
    expect(missingParams(description, params)).toEqual([`designate: "${name}" is not a param of this path`])
    expect(missingParams(description, (asked) => asked === name)).toEqual([])
  })
})
