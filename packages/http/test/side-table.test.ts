import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createSideTable } from '../src/index.ts'

test('a side table knows the objects that were set, and no other', () => {
  const [one, other] = [createSideTable<object, string>(), createSideTable<object, string>()]
  const request = {}
  one.set(request, 'first')
  one.set(request, 'second')
  expect([one.get(request), other.get(request), one.get({}), one.get(Object.create(request))]).toEqual([
    'second',
    undefined,
    undefined,
    undefined,
  ])
})

test('a side table keeps its values apart from copies, proxies and printed forms of an object', () => {
  const table = createSideTable<object, string>()
  const request = { url: '/acme' }
  table.set(request, 'a secret')
  expect(table.get({ ...request })).toBeUndefined()
  expect(table.get(new Proxy(request, {}))).toBeUndefined()
  expect(Reflect.ownKeys(request)).toEqual(['url'])
  expect(inspect(request, { showHidden: true, depth: null, getters: true })).not.toContain('secret')
})

test('a side table takes frozen objects, and objects that are frozen later', () => {
  const table = createSideTable<object, string>()
  const [frozen, later] = [Object.freeze({}), {}]
  table.set(later, 'first')
  Object.freeze(later)
  for (const request of [frozen, later]) table.set(request, 'second')
  expect([table.get(frozen), table.get(later)]).toEqual(['second', 'second'])
})
