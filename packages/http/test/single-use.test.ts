import { createUseLedger } from '@writ/core'
import { describe, expect, it, vi } from 'vitest'
import {
  compileRequirement,
  createGuardEngine,
  type GuardOutcome,
  type HttpGuardOptions,
  type RequestView,
} from '../src/index.ts'
import { ANCHOR, invoice, NOW, publicKey, token, view } from './support.ts'

const singleUse = createUseLedger({ now: () => NOW })

/** A guard that counts its proofs, its look-ups and the uses that it spends. */
function counting(options: Partial<HttpGuardOptions<object>> = {}) {
  const counts = { proofs: 0, uses: 0 }
  const engine = createGuardEngine<object>({
    keys: () => {
      counts.proofs++
      return publicKey
    },
    anchor: ANCHOR,
    now: () => NOW,
    singleUse: {
      issue: singleUse.issue,
      consume: (id, facet) => {
        counts.uses++
        return singleUse.consume(id, facet)
      },
    },
    ...options,
  })
  return { engine, counts }
}

const wanted = [compileRequirement(invoice)] as const
const alike = [compileRequirement({ ...invoice, subject: 'alice' })] as const
const bob = [compileRequirement({ ...invoice, subject: 'bob' })] as const
const once = async () => ({ authorization: [`Bearer ${await token({ singleUse })}`] })
const codeOf = (outcome: GuardOutcome) => (outcome.allowed ? 'allowed' : outcome.refusal.code)

/** Views of one request, as an adapter makes one for each guard. */
async function views(): Promise<(more?: Partial<RequestView>) => RequestView> {
  const presented = await once()
  const source = {}
  return (more) => view({ ...presented, source, ...more })
}

describe('several decisions about one request', () => {
  it('several decisions about one request prove its token once', async () => {
    const { engine, counts } = counting()
    const source = {}
    const authorization = [`Bearer ${await token()}`]
    for (let alias = 0; alias < 1000; alias++)
      expect(codeOf(await engine.decide(wanted, view({ authorization, source, run: {} }), {}))).toBe('allowed')
    expect(counts).toEqual({ proofs: 1, uses: 0 })
  })

  it('decisions of different guards about one request are one use', async () => {
    const { engine, counts } = counting()
    const request = await views()
    expect(codeOf(await engine.decide(wanted, request(), {}))).toBe('allowed')
    expect(codeOf(await engine.decide(alike, request(), {}))).toBe('allowed')
    expect(counts).toEqual({ proofs: 1, uses: 1 })
  })

  it('decisions about the same view are one use, even if params were coerced between them', async () => {
    const { engine, counts } = counting()
    const request = (await views())()
    expect(codeOf(await engine.decide(wanted, request, {}))).toBe('allowed')
    expect(codeOf(await engine.decide(wanted, Object.assign(request, { params: { ...request.params } }), {}))).toBe(
      'allowed',
    )
    expect(counts).toEqual({ proofs: 1, uses: 1 })
  })

  it('the same guard deciding again in another view is a second use: the app dispatched the request again', async () => {
    const { engine, counts } = counting()
    const request = await views()
    const codes: string[] = []
    for (const guard of [wanted, alike, wanted, alike, wanted])
      codes.push(codeOf(await engine.decide(guard, request(), {})))
    expect(codes).toEqual(['allowed', 'allowed', 'already_used', 'already_used', 'already_used'])
    expect(counts.proofs).toBe(1)
  })

  it('a single-use capability is used once per run that the adapter names', async () => {
    const { engine, counts } = counting()
    const request = await views()
    const [first, second] = [{}, {}]
    expect(codeOf(await engine.decide(wanted, request({ run: first }), {}))).toBe('allowed')
    expect(codeOf(await engine.decide(wanted, request({ run: first }), {}))).toBe('allowed')
    expect(codeOf(await engine.decide(alike, request({ run: second }), {}))).toBe('already_used')
    expect(codeOf(await engine.decide(alike, request({ run: first }), {}))).toBe('allowed')
    expect(counts).toEqual({ proofs: 1, uses: 2 })
  })

  it('a refused decision spends nothing, so the same guard may decide again', async () => {
    const { engine } = counting()
    const request = await views()
    const elsewhere = { params: { tenantId: 'globex', invoiceId: '7' } }
    expect(codeOf(await engine.decide(wanted, request(elsewhere), {}))).toBe('wrong_designation')
    expect(codeOf(await engine.decide(wanted, request(), {}))).toBe('allowed')
  })
})

describe('several guards of one handler', () => {
  it('several guards of one handler spend one use when all of them have passed', async () => {
    const { engine, counts } = counting()
    const request = (await views())()
    expect(codeOf(await engine.decideAll([wanted, alike], request, {}))).toBe('allowed')
    expect(counts).toEqual({ proofs: 1, uses: 1 })
  })

  it('several guards of one handler spend no use when the last of them refuses', async () => {
    const { engine, counts } = counting()
    const request = await views()
    expect(codeOf(await engine.decideAll([wanted, bob], request(), {}))).toBe('wrong_subject')
    expect(counts.uses).toBe(0)
    expect(codeOf(await engine.decideAll([wanted, alike], request(), {}))).toBe('allowed')
  })

  it('several guards of one handler stop at the first refusal, and onDecision hears of each decision', async () => {
    const onDecision = vi.fn()
    const { engine } = counting({ onDecision })
    const request = (await views())()
    expect(codeOf(await engine.decideAll([alike, bob, wanted], request, {}))).toBe('wrong_subject')
    expect(onDecision.mock.calls.map(([{ allowed }]) => allowed)).toEqual([true, false])
  })

  it('deciding for an empty list of guards refuses the request', async () => {
    const { engine } = counting()
    const none = [] as unknown as Parameters<typeof engine.decideAll>[0]
    expect(codeOf(await engine.decideAll(none, (await views())(), {}))).toBe('unguarded')
  })
})

describe('a function of designate', () => {
  const { engine } = counting()

  it('a designate function is called once per decision, for any number of labels and requirements', async () => {
    const find = vi.fn(() => 'acme')
    const [other, met] = ['other', 'tenantId'].map((label) =>
      compileRequirement<object>({ resource: 'invoices', designate: { [label]: find, tenantId: find } }),
    )
    const authorization = [`Bearer ${await token({ designations: { tenantId: 'acme' } })}`]
    const request = view({ authorization })
    expect(codeOf(await engine.decide([other as never, met as never], request, {}))).toBe('allowed')
    expect(find).toHaveBeenCalledTimes(1)
    expect(codeOf(await engine.decide([met as never], request, {}))).toBe('allowed')
    expect(find).toHaveBeenCalledTimes(2)
  })
})
