import { createRevocationList, generateKeyPair, revocationIds } from '@writ/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Requirement } from '../src/index.ts'
import { guardWith, invoice, NOW, publicKey, token, view } from './support.ts'

type Options = Parameters<typeof guardWith>[0]

let lines: string[] = []

beforeEach(() => {
  lines = []
  vi.spyOn(console, 'error').mockImplementation((...said: unknown[]) => void lines.push(said.join(' ')))
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

/** What the guard prints about a request with a token that differs from a good one. */
async function printed(
  minted: Parameters<typeof token>[0],
  options: Options = {},
  ...requirements: Requirement<object>[]
) {
  const request = view({ authorization: [`Bearer ${await token(minted)}`] })
  await guardWith({ log: true, ...options })(request, ...requirements)
  return lines
}

const START = 'GET /acme/invoices/7: '

describe('the line of a refusal', () => {
  it.each<[string, Parameters<typeof token>[0]]>([
    [
      `403 wrong_designation ${START}tenantId is "globex" in the token, "acme" in the request (block 0)`,
      { designations: { tenantId: 'globex', invoiceId: '7' } },
    ],
    [
      `403 wrong_resource ${START}resource is "orders" in the token, "invoices" at this route (block 0)`,
      { resource: 'orders' },
    ],
    [
      `403 wrong_operation ${START}operation is "write" in the token, "read" at this route (block 0)`,
      { operation: 'write' },
    ],
    [
      `403 missing_designation ${START}region is "eu" in the token, and nothing in the request (block 0)`,
      { designations: { tenantId: 'acme', invoiceId: '7', region: 'eu' } },
    ],
    [
      `403 undesignated ${START}the token does not name the object that is asked for: invoiceId "7"`,
      { designations: { tenantId: 'acme' } },
    ],
    [
      `403 wrong_anchor ${START}anchor is "service:orders" in the token, "service:billing" at this service (block 0)`,
      { anchor: 'service:orders' },
    ],
    [
      `403 expired ${START}the token ended at 2027-01-15T08:00:00Z, and it is 2027-01-15T08:00:00Z (block 0)`,
      { now: () => NOW - 300, expiresIn: 300 },
    ],
  ])('a refusal is printed as "writ: %s"', async (line, minted) => {
    expect(await printed(minted)).toEqual([`writ: ${line}`])
  })

  it('the line says the status that the client gets, and the true code', async () => {
    await guardWith({ log: true })(view())
    await guardWith({ log: true, rfc6750: true })(view({ authorization: ['Bearer nonsense'] }))
    await guardWith({ log: true, keys: new Map([[1, publicKey]]) })(
      view({ authorization: [`Bearer ${await token()}`] }),
    )
    expect(lines[0]).toBe(`writ: 401 missing_token ${START}no capability token was presented`)
    expect(lines[1]).toMatch(/^writ: 401 malformed_token /)
    expect(lines[2]).toMatch(/^writ: 403 untrusted_key /)
  })

  it('a token whose key another authority holds asks for the right key, and more than one credential is called so', async () => {
    const other = await generateKeyPair()
    await printed({}, { keys: other.publicKey })
    const bearer = `Bearer ${await token()}`
    await guardWith({ log: true })(view({ authorization: [bearer, bearer] }))
    expect(lines).toEqual([
      expect.stringMatching(
        /^writ: 403 invalid_signature .*; does keys hold the public key of the authority that minted it\?$/,
      ),
      `writ: 403 malformed_token ${START}the token is not well formed; more than one credential came`,
    ])
  })

  it.each([
    [{}, 'secret', 'the Authorization header must be "Bearer", a space and the token'],
    [
      { tokenFrom: { cookie: 'writ' } },
      'Bearer secret',
      'this guard takes the token from the cookie writ, not from Authorization',
    ],
    [
      { tokenFrom: { header: 'X-Cap' } },
      'Bearer secret',
      'this guard takes the token from the header x-cap, not from Authorization',
    ],
  ])('a credential where the guard %j does not look says where it does', async (options, sent, hint) => {
    await guardWith({ log: true, ...options })(view({ authorization: [sent] }))
    expect(lines).toEqual([`writ: 401 missing_token ${START}no capability token was presented; ${hint}`])
  })

  it('a cookie that another site may have sent names the option that allows a page', async () => {
    const header = (name: string) => (name === 'cookie' ? [`writ=secret`] : [])
    await guardWith({ log: true, tokenFrom: { cookie: 'writ' } })(view({ method: 'POST', header }))
    expect(lines[0]).toMatch(
      /^writ: 403 cross_site .*; if the page is yours, its origin belongs into tokenFrom\.allowedOrigins$/,
    )
  })

  it('the line of a failure names its cause, also that of a hook', async () => {
    const fail = () => {
      throw new Error('the store is down\nand more')
    }
    const cause = 'the decision could not be made; Error: the store is down\\u{a}and more'
    await printed({}, { revocation: { isRevoked: fail } })
    await printed({}, { onDecision: fail })
    await guardWith({ log: true, onRefusal: fail })(view())
    const failed = `writ: 503 unavailable ${START}${cause}`
    expect(lines).toEqual([failed, failed, `writ: 401 missing_token ${START}no capability token was presented`, failed])
  })

  it('in report mode the line says that the request goes on', async () => {
    const [line] = await printed({ resource: 'orders' }, { mode: 'report' })
    expect(line).toMatch(/^writ: 403 wrong_resource .*; report mode lets it pass$/)
  })

  it('a request that passes prints nothing', async () => {
    expect(await printed({})).toEqual([])
  })

  it('a console that throws changes no answer', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {
      throw new Error('EPIPE')
    })
    expect(await guardWith({ log: true })(view())).toMatchObject({ allowed: false, refusal: { status: 401 } })
    const now = () => NOW
    const broken = view({ authorization: [`Bearer ${await token({ resource: 'orders' })}`] })
    Object.defineProperty(broken, 'path', { get: () => expect.fail('no path') })
    expect(await guardWith({ log: true, now })(broken)).toMatchObject({ refusal: { code: 'wrong_resource' } })
  })
})

describe('what a stranger writes', () => {
  it('no line holds a token, wherever the stranger has put it', async () => {
    const secret = await token({ resource: 'orders' })
    const revoked = await token({ subject: 'bob' })
    const revocation = createRevocationList()
    revocation.revoke(revocationIds(revoked)[0] ?? '')
    const requirement = { resource: 'invoices', designate: { tenantId: () => secret } }
    for (const authorization of [secret, revoked, `${secret}x`, ` ${secret}`]) {
      for (const path of ['/acme', `/${secret}`, `/acme?access_token=${secret}`]) {
        const request = view({ method: 'GET', path, authorization: [`Bearer ${authorization}`] })
        await guardWith({ log: true, revocation })(request)
        await guardWith({ log: true, revocation })(request, requirement)
      }
    }
    await guardWith({ log: true })(view({ authorization: [`Bearer ${await token()}`] }), requirement)
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) expect(line).not.toMatch(new RegExp(`${secret}|${revoked}`))
  })

  it.each([
    ['a line break', '/a\r\nwrit: 200 ok', '/a\\u{d}\\u{a}writ:%20200%20ok'],
    ['colours', '/\u001b[31mred', '/\\u{1b}[31mred'],
    ['text that runs backwards', '/\u202eevil', '/\\u{202e}evil'],
    ['half of a surrogate pair', '/\ud800', '/\\u{d800}'],
    ['a difference of its own', '/a: tenantId is "acme"', '/a:%20tenantId%20is%20"acme"'],
  ])('a path with %s is printed as one word of one line', async (_name, path, word) => {
    await guardWith({ log: true })(view({ path }))
    await guardWith({ log: true })(view({ method: path }))
    expect(lines[0]).toBe(`writ: 401 missing_token GET ${word}: no capability token was presented`)
    expect(lines[1]).toContain(` ${word} /acme/invoices/7: `)
  })

  it('values of the token and the request are quoted, and cut', async () => {
    const tenantId = `" in the token\u001b[0m\n${'x'.repeat(4000)}`
    const [line = ''] = await printed({ designations: { tenantId, invoiceId: '7' } })
    expect(line).toContain('tenantId is "\\" in the token\\u{1b}[0m\\u{a}xxx')
    expect(line.length).toBeLessThan(400)
    lines = []
    await printed({ designations: { tenantId: 'x\\" in the token, \\', invoiceId: '7' } })
    expect(lines[0]).toContain('tenantId is "x\\\\\\" in the token, \\\\" in the token, "acme" in the request')
    lines = [line]
    const label = 'a" is "b" in the token\n'
    await printed({ designations: { tenantId: 'acme', invoiceId: '7', [label]: 'c' } })
    expect(lines[1]).toContain(': "a\\" is \\"b\\" in the token\\u{a}" is "c" in the token')
  })

  it('a line is short however long the request is', async () => {
    const long = 'x'.repeat(100_000)
    const authorization = [`Bearer ${await token({ resource: 'orders' })}`]
    await guardWith({ log: true })(view({ method: long, path: `/${long}`, authorization }), {
      ...invoice,
      resource: long,
    })
    expect(lines[0]?.length).toBeLessThan(1000)
  })
})

describe('a flood of refusals', () => {
  it('ten refusals a second are printed, then one line says that there are more, and the next second how many', async () => {
    let time = NOW
    vi.spyOn(Date, 'now').mockImplementation(() => time * 1000)
    const decide = guardWith({ log: true })
    for (let index = 0; index < 47; index++) await decide(view())
    expect(lines).toHaveLength(11)
    expect(lines[10]).toBe('writ: ... more than 10 refusals in a second: the others are counted')
    time += 1
    await decide(view())
    expect(lines.slice(11)).toEqual([
      'writ: ... and 37 more',
      `writ: 401 missing_token ${START}no capability token was presented`,
    ])
    time -= 3600
    for (let index = 0; index < 10; index++) await decide(view())
    expect(lines).toHaveLength(23)
  })
})

describe('a clock of the tokens', () => {
  it.each([
    ['returns no time', () => Number.NaN],
    ['jumps to and fro', (index: number) => NOW + (index % 2)],
  ])('that %s does not lift the limit of lines', async (_, time) => {
    vi.spyOn(Date, 'now').mockReturnValue(NOW * 1000)
    let index = 0
    const decide = guardWith({ log: true, now: () => time(index) })
    for (; index < 50; index++) await decide(view())
    expect(lines).toHaveLength(11)
  })
})

describe('the default of log', () => {
  const isOn = async (options: Options = {}) => {
    lines = []
    await guardWith(options)(view())
    return lines.length > 0
  }

  it.each([
    [undefined, true],
    ['', true],
    ['development', true],
    ['test', true],
    ['production', false],
  ])('with NODE_ENV %j refusals are printed: %s', async (environment, expected) => {
    vi.stubEnv('NODE_ENV', environment)
    expect(await isOn()).toBe(expected)
    expect(await isOn({ log: !expected })).toBe(!expected)
  })

  it('with onDecision, refusals are printed only if log says so', async () => {
    vi.stubEnv('NODE_ENV', 'development')
    const onDecision = () => {}
    expect([await isOn({ onDecision }), await isOn({ onDecision, log: true })]).toEqual([false, true])
  })

  it.each([
    ['there is no process', undefined],
    ['it has no environment', {}],
    [
      'the environment may not be read',
      {
        get env() {
          throw new Error('NotCapable')
        },
      },
    ],
  ])('refusals are not printed where %s', async (_name, process) => {
    vi.stubGlobal('process', process)
    expect(await isOn()).toBe(false)
    expect(await isOn({ log: true })).toBe(true)
  })
})
