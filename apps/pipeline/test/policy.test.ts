import { expectPolicy, lintPolicy, loadPolicy, loadSchema } from '@writ/engine'
import { describe, expect, it } from 'vitest'
import { POLICY_FILE, SCHEMA_FILE } from '../src/rules.ts'

const policy = await loadPolicy(POLICY_FILE)
const schema = await loadSchema(SCHEMA_FILE)
const expectations = expectPolicy(policy, schema)
const RIGHTS = [
  ['artifacts', 'read'],
  ['artifacts', 'write'],
  ['packages', 'publish'],
  ['secrets', 'read'],
] as const

describe('the policy of the pipeline', () => {
  it('names an object for every right, except for those of the authority itself', async () => {
    const findings = await lintPolicy(policy, schema)
    expect(findings.filter(({ object }) => object?.startsWith('authority.') !== true)).toEqual([])
  })

  it.each([
    ['main:build', ['artifacts write']],
    ['main:test', ['artifacts read']],
    ['main:publish', ['artifacts read', 'packages publish']],
    ['main:deploy', ['secrets read']],
    ['branch:build', ['artifacts write']],
    ['branch:test', ['artifacts read']],
  ])('a job %s may %j, and nothing else', async (job, granted) => {
    const subject = `ci:acme:${job}:0123456789abcdef-1`
    for (const [target, operation] of RIGHTS) {
      const request = { subject, target, operation }
      if (granted.includes(`${target} ${operation}`)) await expectations.allows(request)
      else await expectations.refuses(request, 'not_granted')
    }
  })

  it.each(['branch:publish', 'branch:deploy', 'main:lint', 'release:deploy'])('there is no job %s', async (job) => {
    const request = { subject: `ci:acme:${job}:0123456789abcdef-1`, target: 'secrets', operation: 'read' }
    await expectations.refuses(request, 'unknown_subject')
  })

  it('no right of a job lives for longer than a minute, and none is good elsewhere', () => {
    const jobs = policy.objects.filter(({ id }) => /^ci:acme:\w+:/.test(id))
    expect(jobs).toHaveLength(6)
    for (const { grants } of jobs) {
      for (const { maxTtl, anchor } of grants) expect([maxTtl, anchor]).toEqual([60, 'service:depot'])
    }
  })
})
