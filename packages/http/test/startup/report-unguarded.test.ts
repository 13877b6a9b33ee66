import { describe, expect, it } from 'vitest'
import { type AssertOptions, readAssertOptions, reportUnguarded } from '../../src/index.ts'

describe('reportUnguarded', () => {
  it('throws nothing where there is no problem', () => {
    expect(() => reportUnguarded([])).not.toThrow()
  })

  it('throws one TypeError with each problem on a line of its own, in the given order', () => {
    const problems = ['GET /b is not guarded', 'GET /a is not guarded']
    expect(() => reportUnguarded(problems)).toThrow(
      new TypeError('app: not every route is guarded\n  GET /b is not guarded\n  GET /a is not guarded'),
    )
  })

  it('reports a repeated line once', () => {
    const problems = new Set(['GET /a is not guarded']).values()
    expect(() => reportUnguarded(['GET /a is not guarded', ...problems])).toThrow(
      new TypeError('app: not every route is guarded\n  GET /a is not guarded'),
    )
  })

  it('says what is not guarded where that is not a route', () => {
    expect(() => reportUnguarded(['Chat.send is not guarded'], 'message handler')).toThrow(
      new TypeError('app: not every message handler is guarded\n  Chat.send is not guarded'),
    )
  })
})

describe('readAssertOptions', () => {
  const handler = () => {}

  it('has defaults: nothing is opaque, and it is not strict', () => {
    expect(readAssertOptions({})).toEqual({ opaque: [], strict: false })
    expect(readAssertOptions({ opaque: undefined, strict: undefined })).toEqual({ opaque: [], strict: false })
  })

  it('keeps what is given', () => {
    expect(readAssertOptions({ opaque: ['jsonParser', handler], strict: true })).toEqual({
      opaque: ['jsonParser', handler],
      strict: true,
    })
  })

  it.each<[string, unknown]>([
    ['options: must be an object', null],
    ['options: must be an object', []],
    ['opaques: unknown option, must be one of opaque, strict', { opaques: [] }],
    ['constructor: unknown option, must be one of opaque, strict', { constructor: [] }],
    ['opaque: must be an array of names and functions', { opaque: 'jsonParser' }],
    ['opaque: must be an array of names and functions', { opaque: [''] }],
    ['opaque: must be an array of names and functions', { opaque: [7] }],
    ['strict: must be true or false', { strict: 'yes' }],
  ])('throws "%s" for %j', (message, options) => {
    expect(() => readAssertOptions(options as AssertOptions)).toThrow(new TypeError(message))
  })
})
