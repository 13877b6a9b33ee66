import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffPolicy, lintPolicy, matchClaims, PolicyError, type PolicyOptions, parsePolicy } from '../src/index.ts'

const DEPLOY = '[[objects]]\nid = "ci:acme:deploy"\n'
const TEAM = '[[objects]]\nid = "ci:acme"\nsubordinates = "inherit"\n'
const GITHUB = `[[issuers]]
id = "github"
issuer = "https://token.actions.githubusercontent.com"
audience = "https://authority.example"
`
const OWN = '[[issuers]]\nid = "own"\nissuer = "https://id.acme.example/"\naudience = "writ"\nprivate = true\n'
const rule = (match: string, subject = 'ci:acme:deploy', more = '') =>
  `[[exchange_rules]]\nissuer = "github"\nmatch = { ${match} }\nsubject = "${subject}"\n${more}`
const OWNER = 'repository_owner_id = "1234"'
const MAIN = `${OWNER}, repository_id = "5678", ref = "refs/heads/main"`
const claims = { repository_owner_id: '1234', repository_id: '5678', ref: 'refs/heads/main', event_name: 'push' }

function faultsOf(toml: string, options?: PolicyOptions) {
  try {
    parsePolicy(toml, options)
    return []
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return error.faults.map(({ rule, line, object, key }) => [rule, line, object, key])
  }
}

function subjectOf(toml: string, said: object, issuer = 'github') {
  return matchClaims(parsePolicy(toml), issuer, new Map(Object.entries(said)))?.subject
}

describe('issuers and exchange rules of a policy', () => {
  it('are read, with the owner claims of an issuer that is known to be shared', () => {
    const policy = parsePolicy(`${DEPLOY}${GITHUB}${OWN}${rule(MAIN)}`)
    expect(policy.issuers).toEqual([
      {
        id: 'github',
        issuer: 'https://token.actions.githubusercontent.com',
        audience: 'https://authority.example',
        jwksUri: undefined,
        ownerClaims: ['repository_owner_id', 'repository_id', 'enterprise_id'],
        private: false,
      },
      {
        id: 'own',
        issuer: 'https://id.acme.example/',
        audience: 'writ',
        jwksUri: undefined,
        ownerClaims: [],
        private: true,
      },
    ])
    const [read] = policy.exchangeRules
    expect([...(read?.match ?? [])]).toEqual([
      ['repository_owner_id', ['1234']],
      ['repository_id', ['5678']],
      ['ref', ['refs/heads/main']],
    ])
  })

  it.each<[string, string, unknown[]]>([
    ['an unknown key of an issuer', `${GITHUB}alg = "none"`, ['unknown_key', 5, 'github', 'alg']],
    ['an issuer without an audience', '[[issuers]]\nid = "a"', ['missing_key', 1, 'a', undefined]],
    ['an issuer over http', GITHUB.replace('https:', 'http:'), ['wrong_value', 3, 'github', 'issuer']],
    ['an issuer with a query', GITHUB.replace('.com', '.com/?a'), ['wrong_value', 3, 'github', 'issuer']],
    ['an issuer with a line break', GITHUB.replace('.com', '.com\\n'), ['wrong_value', 3, 'github', 'issuer']],
    ['keys over http', `${GITHUB}jwks_uri = "http://a.example"`, ['wrong_value', 5, 'github', 'jwks_uri']],
    ['keys with a password', `${GITHUB}jwks_uri = "https://a:b@c.example"`, ['wrong_value', 5, 'github', 'jwks_uri']],
    ['two issuers with one id', `${OWN}${OWN.replace('acme', 'globex')}`, ['duplicate_issuer', 7, 'own', 'id']],
    ['one issuer twice', `${OWN}${OWN.replace('"own"', '"b"')}`, ['duplicate_issuer', 8, 'b', 'issuer']],
    [
      'an issuer that does not say who owns',
      OWN.replace('private = true', ''),
      ['owner_required', 1, 'own', undefined],
    ],
    ['a shared issuer called private', `${GITHUB}private = true`, ['owner_required', 5, 'github', 'private']],
    [
      'a claim that does not own',
      `${GITHUB}owner_claims = ["ref"]`,
      ['owner_required', 5, 'github', 'owner_claims[0]'],
    ],
    ['a rule without an issuer', '[[exchange_rules]]\nsubject = "a"', ['missing_key', 1, 'a', undefined]],
    ['a rule of no issuer', `${DEPLOY}${rule(MAIN)}`, ['unknown_issuer', 4, 'ci:acme:deploy', 'issuer']],
    [
      'a rule without an owner',
      `${DEPLOY}${GITHUB}${rule('repository = "acme/app"')}`,
      ['owner_required', 9, 'ci:acme:deploy', 'match'],
    ],
    [
      'an unknown key of a rule',
      `${DEPLOY}${GITHUB}${rule(OWNER, 'ci:acme:deploy', 'max_ttl = 5')}`,
      ['unknown_key', 11, 'ci:acme:deploy', 'max_ttl'],
    ],
    [
      'a rule that matches the audience',
      `${DEPLOY}${GITHUB}${rule(`${OWNER}, aud = "a"`)}`,
      ['wrong_value', 9, 'ci:acme:deploy', 'match.aud'],
    ],
    [
      'a value that is a number',
      `${DEPLOY}${GITHUB}${rule(`${OWNER}, run = 5`)}`,
      ['wrong_type', 9, 'ci:acme:deploy', 'match.run'],
    ],
    [
      'a claim without values',
      `${DEPLOY}${GITHUB}${rule(`${OWNER}, ref = []`)}`,
      ['empty_list', 9, 'ci:acme:deploy', 'match.ref'],
    ],
    [
      'a subject that nobody knows',
      `${GITHUB}${rule(OWNER, 'ci:globex')}`,
      ['unknown_subject', 8, 'ci:globex', 'subject'],
    ],
    [
      'a claim that is neither matched nor listed',
      `${TEAM}${GITHUB}${rule(OWNER, 'ci:acme:{ref}')}`,
      ['wrong_value', 11, 'ci:acme:{ref}', 'subject'],
    ],
    [
      'a claim that is part of a segment',
      `${TEAM}${GITHUB}${rule(OWNER, 'ci:acme:x-{repository_owner_id}')}`,
      ['wrong_value', 11, 'ci:acme:x-{repository_owner_id}', 'subject'],
    ],
    [
      'a subject with an empty segment',
      `${TEAM}${GITHUB}${rule(OWNER, 'ci:acme::{repository_owner_id}')}`,
      ['wrong_name', 11, 'ci:acme::{repository_owner_id}', 'subject'],
    ],
    [
      'a listed claim that is not used',
      `${DEPLOY}${GITHUB}${rule(OWNER, 'ci:acme:deploy', 'claims = ["ref"]')}`,
      ['wrong_value', 11, 'ci:acme:deploy', 'claims[0]'],
    ],
    [
      'a rule that an earlier one makes idle',
      `${DEPLOY}${GITHUB}${rule(OWNER)}${rule(MAIN)}`,
      ['shadowed_declaration', 13, 'ci:acme:deploy', 'match'],
    ],
  ])('%s is an error, also beside what the Hessra open core takes', (_, toml, fault) => {
    expect(faultsOf(toml)).toContainEqual(fault)
    expect(faultsOf(toml, { compat: 'hessra' })).toContainEqual(fault)
  })

  it('are refused in bounded time if there are very many', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => rule(`${OWNER}, ref = "${index}"`)).join('')
    expect(faultsOf(`${DEPLOY}${GITHUB}${many}`)).toEqual([['too_large', undefined, 'ci:acme:deploy', undefined]])
  })
})

describe('the subject of claims', () => {
  const policy = `${DEPLOY}${GITHUB}${OWN}${rule(MAIN)}`

  it('is that of the rule whose claims are all met', () => {
    expect(subjectOf(policy, claims)).toBe('ci:acme:deploy')
  })

  it.each<[string, object]>([
    ['another owner', { ...claims, repository_owner_id: '666' }],
    ['a value that goes on', { ...claims, ref: 'refs/heads/main2' }],
    ['a value that begins earlier', { ...claims, ref: 'x/refs/heads/main' }],
    ['a value in other letters', { ...claims, ref: 'refs/heads/MAIN' }],
    ['a value with a line break', { ...claims, ref: 'refs/heads/main\n' }],
    ['a list where a text is expected', { ...claims, repository_id: ['5678'] }],
    ['an object that prints like the value', { ...claims, repository_id: { toString: () => '5678' } }],
    ['a number', { ...claims, repository_id: 5678 }],
    ['a claim that is missing', { repository_owner_id: '1234', ref: 'refs/heads/main' }],
    ['a pull request', { ...claims, event_name: 'pull_request' }],
    ['a pull request with the rights of its target', { ...claims, event_name: 'pull_request_target' }],
    ['a merge request', { ...claims, pipeline_source: 'merge_request_event' }],
    ['an event that is a list', { ...claims, event_name: ['push'] }],
  ])('is nobody for %s', (_, said) => {
    expect(subjectOf(policy, said)).toBeUndefined()
  })

  it('is nobody for the claims of another issuer', () => {
    expect(subjectOf(policy, claims, 'own')).toBeUndefined()
    expect(subjectOf(policy, claims, '__proto__')).toBeUndefined()
  })

  it('is nobody for the branch of a pull request that a rule without a branch would meet', () => {
    const any = `${DEPLOY}${GITHUB}${rule(OWNER)}`
    expect(subjectOf(any, claims)).toBe('ci:acme:deploy')
    expect(subjectOf(any, { ...claims, ref: 'refs/pull/7/merge' })).toBeUndefined()
  })

  it('is that of a later rule which names pull requests', () => {
    const pulls = rule(`${OWNER}, event_name = ["pull_request", "merge_group"]`, 'ci:acme:check')
    const both = `${DEPLOY}[[objects]]\nid = "ci:acme:check"\n${GITHUB}${rule(OWNER)}${pulls}`
    expect(subjectOf(both, { ...claims, event_name: 'pull_request', ref: 'refs/pull/7/merge' })).toBe('ci:acme:check')
    expect(subjectOf(both, { ...claims, event_name: 'pull_request_target' })).toBeUndefined()
    expect(subjectOf(both, claims)).toBe('ci:acme:deploy')
  })

  it('has claims as segments of its name', () => {
    const named = `${TEAM}${GITHUB}${rule(OWNER, 'ci:acme:{repository_id}:{environment}', 'claims = ["repository_id", "environment"]')}`
    expect(subjectOf(named, { ...claims, environment: 'production' })).toBe('ci:acme:5678:production')
    for (const environment of [
      'a:b',
      'a\nb',
      '',
      '"',
      'a\u202eb',
      'e\u0301',
      'x'.repeat(257),
      ['a'],
      null,
      undefined,
    ]) {
      expect(subjectOf(named, { ...claims, environment })).toBeUndefined()
    }
  })

  it('takes a claim called __proto__ for a claim like any other', () => {
    const odd = `${DEPLOY}${GITHUB}${rule(`${OWNER}, __proto__ = "x"`)}`
    expect(subjectOf(odd, claims)).toBeUndefined()
    expect(subjectOf(odd, JSON.parse('{"repository_owner_id":"1234","__proto__":"x"}'))).toBe('ci:acme:deploy')
    const inherited = `${DEPLOY}${GITHUB}${rule(`${OWNER}, constructor = "x"`)}`
    expect(subjectOf(inherited, claims)).toBeUndefined()
  })

  it('is nobody whom the policy does not know', () => {
    const open = `${DEPLOY}${GITHUB}${rule(OWNER, 'ci:{repository_id}:deploy', 'claims = ["repository_id"]')}`
    expect(subjectOf(open, { ...claims, repository_id: 'acme' })).toBe('ci:acme:deploy')
    expect(subjectOf(open, { ...claims, repository_id: 'globex' })).toBeUndefined()
  })

  it('never has more segments than the rule, and never two sets of claims', () => {
    const named = parsePolicy(`${TEAM}${GITHUB}${rule(OWNER, 'ci:acme:{a}:{b}', 'claims = ["a", "b"]')}`)
    const text = fc.string({ unit: 'binary', maxLength: 8 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const said = new Map(Object.entries({ ...claims, a, b }))
        const subject = matchClaims(named, 'github', said)?.subject
        return subject === undefined || JSON.stringify(subject.split(':')) === JSON.stringify(['ci', 'acme', a, b])
      }),
    )
  })
})

describe('reviews of issuers and exchange rules', () => {
  const base = `${DEPLOY}[[objects]]\nid = "ci:acme:check"\n${GITHUB}`
  const main = rule(MAIN)
  const check = rule(`${OWNER}, environment = "test"`, 'ci:acme:check')

  it('say which issuers and rules differ', async () => {
    const diff = await diffPolicy(parsePolicy(`${base}${main}`), parsePolicy(`${base}${OWN}${check}`))
    expect(diff.issuers).toEqual(['own'])
    expect(JSON.parse(JSON.stringify(diff.exchangeRules))).toEqual({
      gains: ['github, "environment" "test", "repository_owner_id" "1234" -> "ci:acme:check"'],
      loses: [
        'github, "ref" "refs/heads/main", "repository_id" "5678", "repository_owner_id" "1234" -> "ci:acme:deploy"',
      ],
    })
  })

  it('say that a rule was moved, and nothing if none was', async () => {
    const policy = parsePolicy(`${base}${main}${check}`)
    const { exchangeRules } = await diffPolicy(policy, parsePolicy(`${base}${check}${main}`))
    expect([exchangeRules.gains.length, exchangeRules.loses.length]).toEqual([2, 2])
    const same = await diffPolicy(policy, parsePolicy(`${base}${main}${check}`))
    expect(same.exchangeRules).toEqual({ gains: [], loses: [] })
  })

  it('find issuers without rules, rules without subjects, and rules for all that an owner has', async () => {
    const toml = `${DEPLOY}${GITHUB}${OWN}${rule(OWNER, 'ci:{repository_owner_id}:x')}`
    const findings = await lintPolicy(parsePolicy(toml))
    expect(findings.filter(({ rule }) => rule !== 'no_capabilities').map(({ rule, object }) => [rule, object])).toEqual(
      [
        ['unused_issuer', 'own'],
        ['unusable_rule', 'ci:{repository_owner_id}:x'],
        ['any_repository', 'ci:{repository_owner_id}:x'],
      ],
    )
    const inherits = `${TEAM}${GITHUB}${rule(`${OWNER}, ref = "a"`, 'ci:acme:{ref}')}`
    expect(await lintPolicy(parsePolicy(inherits))).toEqual([])
  })
})
