import { describe, expect, it } from 'vitest'
import {
  binary,
  checkAll,
  checkIf,
  checkIfAny,
  fact,
  lazy,
  parens,
  pred,
  query,
  rejectIf,
  timeCheck,
  trusting,
  variable,
} from '../support/forge/datalog.ts'
import { appendBlock } from '../support/forge/forge.ts'
import type { BlockSpec, Check, Expression } from '../support/forge/model.ts'
import {
  actorCheck,
  below,
  delegationBlock,
  equals,
  exactCheck,
  identity,
  identityBlock,
  openCheck,
  speaks,
  speaksAs,
} from '../support/identity.ts'
import { gateway } from '../support/keys.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const A = variable('a')
const exact = identityBlock({ names: [exactCheck('agent:alice')] })

describe('the name is read from decoded checks of known forms', () => {
  const forms: readonly (readonly [string, (name: string) => Check])[] = [
    ['a current minter', openCheck],
    ['an older minter', (name) => actorCheck(binary(equals(name, 'strictEqual'), 'or', below(name)))],
    [
      'one with the old equality and the lazy or',
      (name) => actorCheck(lazy(equals(name, 'strictEqual'), 'lazyOr', below(name))),
    ],
    ['one with the new equality and the eager or', (name) => actorCheck(binary(equals(name), 'or', below(name)))],
    ['a minter of what ends here', exactCheck],
    ['an older minter of what ends here', (name) => actorCheck(equals(name, 'strictEqual'))],
    [
      'one that names its variable otherwise',
      (name) => checkIf(pred('actor', variable('x')), binary(variable('x'), 'equal', name)),
    ],
  ]

  it.each(forms)('the name is read in the form that %s writes', async (_minter, write) => {
    const base = identity(identityBlock({ names: [write('agent:alice')] }))
    await expect(speaks(base)).resolves.toMatchObject({ identity: 'agent:alice', assertedBy: 'authority', depth: 0 })
    const delegated = identity(identityBlock(), [{ checks: [write('agent:alice:helper')] }])
    await expect(speaks(delegated)).resolves.toMatchObject({
      identity: 'agent:alice:helper',
      assertedBy: 'holder',
      depth: 1,
    })
    for (const name of ['agent:bob', 'agent:alice', 'agent:alice:helperx']) {
      await expectRefused(speaksAs(delegated, name), { code: 'wrong_subject' })
    }
  })

  const last = (...check: readonly Check[]): string => identity(identityBlock(), [{ checks: check }])
  const closure = (name: string): Expression => [...equals(name), { closure: below(name) }]
  const others: readonly (readonly [string, BlockSpec])[] = [
    ['another name, or anything', { checks: [actorCheck(lazy(equals('agent:admin'), 'lazyOr', true))] }],
    ['another name, eagerly or anything', { checks: [actorCheck(binary(equals('agent:admin'), 'or', true))] }],
    ['anything, or another name', { checks: [actorCheck(lazy(true, 'lazyOr', equals('agent:admin')))] }],
    [
      'a name, or below another',
      { checks: [actorCheck(lazy(equals('agent:alice:x'), 'lazyOr', below('agent:admin')))] },
    ],
    [
      'a name, or below it with another delimiter',
      { checks: [actorCheck(lazy(equals('agent:alice'), 'lazyOr', below('agent:alice', '')))] },
    ],
    [
      'a name, or whatever begins like it',
      { checks: [actorCheck(lazy(equals('agent:alice'), 'lazyOr', binary(A, 'startsWith', 'agent:alice')))] },
    ],
    [
      'a name, or whatever ends like it',
      {
        checks: [
          actorCheck(lazy(equals('agent:alice'), 'lazyOr', binary(A, 'endsWith', binary('agent:alice', 'add', ':')))),
        ],
      },
    ],
    [
      'a name, or another difference',
      {
        checks: [
          actorCheck(
            lazy(equals('agent:alice'), 'lazyOr', binary(A, 'startsWith', binary('agent:alice', 'union', ':'))),
          ),
        ],
      },
    ],
    ['a name and below it', { checks: [actorCheck(lazy(equals('agent:alice'), 'lazyAnd', below('agent:alice')))] }],
    [
      'a name and eagerly below it',
      { checks: [actorCheck(binary(equals('agent:alice'), 'and', below('agent:alice')))] },
    ],
    ['a name, an eager or, and a closure', { checks: [actorCheck([...closure('agent:alice'), { binary: 'or' }])] }],
    [
      'a name and a lazy or without a closure',
      { checks: [actorCheck([...equals('agent:alice'), ...below('agent:alice'), { binary: 'lazyOr' }])] },
    ],
    [
      'a name twice',
      {
        checks: [
          actorCheck(lazy(lazy(equals('agent:alice'), 'lazyOr', below('agent:alice')), 'lazyOr', below('agent:alice'))),
        ],
      },
    ],
    [
      'a prefix and a longer one',
      {
        checks: [
          actorCheck(
            lazy(equals('agent:alice'), 'lazyOr', [...below('agent:alice'), ...below('agent:alice'), { binary: 'or' }]),
          ),
        ],
      },
    ],
    [
      'a prefix of another variable',
      {
        checks: [
          actorCheck(
            lazy(
              equals('agent:alice'),
              'lazyOr',
              binary(variable('b'), 'startsWith', binary('agent:alice', 'add', ':')),
            ),
          ),
        ],
      },
    ],
    ['any name but one', { checks: [actorCheck(equals('agent:bob', 'notEqual'))] }],
    ['any name but one, strictly', { checks: [actorCheck(equals('agent:bob', 'strictNotEqual'))] }],
    ['a part of a name', { checks: [actorCheck(equals('alice', 'contains'))] }],
    ['a name on the other side', { checks: [actorCheck(binary('agent:alice', 'equal', A))] }],
    ['a name in parentheses', { checks: [actorCheck(parens(equals('agent:alice')))] }],
    ['itself', { checks: [actorCheck(binary(A, 'equal', A))] }],
    ['a constant', { checks: [actorCheck(binary('agent:admin', 'equal', 'agent:admin'))] }],
    [
      'another variable',
      {
        checks: [
          checkIf(pred('actor', A), pred('subject', variable('b')), binary(variable('b'), 'equal', 'agent:alice')),
        ],
      },
    ],
    ['another variable, which nothing binds', { checks: [actorCheck(binary(variable('b'), 'equal', 'agent:alice'))] }],
    ['a number', { checks: [actorCheck(equals(7))] }],
    ['nothing of it', { checks: [checkIf(pred('actor', A))] }],
    ['a ground name', { checks: [checkIf(pred('actor', 'agent:alice'))] }],
    ['a ground name, and compares it', { checks: [checkIf(pred('actor', 'agent:alice'), equals('agent:alice'))] }],
    ['a name of two terms', { checks: [checkIf(pred('actor', A, variable('b')), equals('agent:alice'))] }],
    ['a name of no terms', { checks: [checkIf(pred('actor'), binary('agent:alice', 'equal', 'agent:alice'))] }],
    ['two expressions', { checks: [checkIf(pred('actor', A), equals('agent:alice'), equals('agent:alice'))] }],
    ['two predicates', { checks: [checkIf(pred('actor', A), pred('actor', A), equals('agent:alice'))] }],
    ['the subject beside it', { checks: [checkIf(pred('actor', A), pred('subject', A), equals('agent:alice'))] }],
    [
      'two queries',
      {
        checks: [
          checkIfAny(query(pred('actor', A), equals('agent:alice')), query(pred('actor', A), equals('agent:admin'))),
        ],
      },
    ],
    [
      'a second query of something else',
      { checks: [checkIfAny(query(pred('actor', A), equals('agent:alice')), query(pred('time', A)))] },
    ],
    [
      'something else, and a second query of a name',
      { checks: [checkIfAny(query(pred('time', A)), query(pred('actor', A), equals('agent:alice')))] },
    ],
    ['`check all`', { checks: [checkAll(pred('actor', A), equals('agent:alice'))] }],
    ['`reject if`', { checks: [rejectIf(pred('actor', A), equals('agent:alice'))] }],
    [
      'a scope of the authority',
      { checks: [{ queries: [trusting(query(pred('actor', A), equals('agent:alice')), 'authority')] }] },
    ],
    [
      'a scope of a key',
      { checks: [{ queries: [trusting(query(pred('actor', A), equals('agent:alice')), { key: gateway.publicKey })] }] },
    ],
    ['a block in another scope', { ...delegationBlock('agent:alice'), scope: ['previous'] }],
    ['nothing but itself', { checks: [actorCheck([{ value: A }])] }],
    ['nothing at all', { checks: [actorCheck([])] }],
    ['a name that is not compared', { checks: [actorCheck([{ value: A }, { value: 'agent:alice' }])] }],
    ['what an operator lacks', { checks: [actorCheck([{ unary: 'parens' }, { value: 'a' }, { binary: 'equal' }])] }],
    [
      'a name, by an operator that lacks it',
      { checks: [actorCheck([{ value: A }, { unary: 'type' }, { binary: 'equal' }])] },
    ],
    [
      'its depth, or anything',
      { checks: [checkIf(pred('actor_depth', A), lazy(binary(A, 'lessOrEqual', 3), 'lazyOr', true))] },
    ],
    [
      'its depth, eagerly or anything',
      { checks: [checkIf(pred('actor_depth', A), binary(binary(A, 'lessOrEqual', 3), 'or', true))] },
    ],
    ['a depth that is not its own', { checks: [checkIf(pred('actor_depth', A), binary(1, 'lessOrEqual', 3))] }],
    [
      'a depth of another variable',
      { checks: [checkIf(pred('actor_depth', A), binary(variable('b'), 'lessOrEqual', 3))] },
    ],
    [
      'its depth, by an operator that lacks it',
      { checks: [checkIf(pred('actor_depth', A), [{ value: A }, { unary: 'length' }, { binary: 'lessOrEqual' }])] },
    ],
    ['its depth by a minimum', { checks: [checkIf(pred('actor_depth', A), binary(A, 'greaterOrEqual', 1))] }],
    ['its depth by a text', { checks: [checkIf(pred('actor_depth', A), binary(A, 'lessOrEqual', '3'))] }],
    ['its depth by itself', { checks: [checkIf(pred('actor_depth', A), binary(A, 'lessOrEqual', A))] }],
    [
      'its depth by a sum',
      { checks: [checkIf(pred('actor_depth', A), binary(A, 'lessOrEqual', binary(3, 'add', 4)))] },
    ],
    ['its depth the wrong way round', { checks: [checkIf(pred('actor_depth', A), binary(3, 'lessOrEqual', A))] }],
    [
      'its depth and its name',
      { checks: [checkIf(pred('actor_depth', A), pred('actor', variable('b')), binary(A, 'lessOrEqual', 3))] },
    ],
    ['its depth as a number', { checks: [checkIf(pred('actor_depth', 2))] }],
  ]

  it.each(others)('an identity with a block that speaks of %s is refused', async (_name, block) => {
    const expected = { code: 'unsupported_block', block: 1, check: 0 }
    const tokens = [
      identity(identityBlock(), [block]),
      appendBlock(identity(), block, { externalKey: gateway.privateKey }),
    ]
    for (const token of tokens) {
      await expectRefused(speaks(token), expected)
      await expectRefused(speaksAs(token, 'agent:alice'), expected)
    }
    const later = identity(identityBlock(), [block, delegationBlock('agent:alice:helper')])
    await expectRefused(speaks(later), expected)
    const authority = { ...identityBlock({ names: [] }), scope: block.scope ?? [] }
    const minted = identity({ ...authority, checks: [...(authority.checks ?? []), ...(block.checks ?? [])] })
    await expectRefused(speaks(minted), { code: 'unsupported_block', block: 0, check: 1 })
  })

  it('an identity with two name checks in one block is refused', async () => {
    const twice = last(openCheck('agent:alice:helper'), openCheck('agent:alice:helper'))
    await expectRefused(speaks(twice), { code: 'unsupported_block', block: 1, check: 1 })
    const authority = identityBlock({ names: [openCheck('agent:alice'), exactCheck('agent:alice')] })
    await expectRefused(speaks(identity(authority)), { code: 'unsupported_block', block: 0, check: 1 })
  })

  it('an authority block that names another than its subject is refused', async () => {
    for (const name of ['agent:bob', 'agent:alice:helper', 'agent']) {
      const token = identity(identityBlock({ names: [exactCheck(name)] }))
      await expectRefused(speaks(token), { code: 'unsupported_block', block: 0, check: 0 })
    }
  })

  it('an authority block without a name check lets only its subject speak', async () => {
    const token = identity(identityBlock({ names: [] }))
    await expect(speaks(token)).resolves.toMatchObject({ identity: 'agent:alice', assertedBy: 'authority', depth: 0 })
    await expectRefused(speaksAs(token, 'agent:alice:helper'), {
      code: 'wrong_subject',
      block: 0,
      check: undefined,
      expected: 'agent:alice',
      actual: 'agent:alice:helper',
    })
    const appended = appendBlock(token, delegationBlock('agent:alice:helper'))
    await expectRefused(speaks(appended), { code: 'wrong_subject', block: 0, check: undefined })
    const odd = identity(identityBlock({ subject: 'agent::alice', names: [] }))
    await expectRefused(speaks(odd), { code: 'unsupported_block', block: 0, check: undefined })
  })
})

describe('a name', () => {
  const forged = [
    ['with a statement in it', 'agent:alice"; right("mallory", "invoices", "read'],
    ['with a quote', 'agent:alice"'],
    ['with an apostrophe', "agent:alice'"],
    ['with a backslash', 'agent:alice\\'],
    ['with a line break', 'agent:alice\ncheck if true'],
    ['with another line break', 'agent:alice\u2028x'],
    ['with a control character', 'agent:alice\u0000'],
    ['that hides a part', 'agent:ali\u200bce'],
    ['that runs backwards', 'agent:\u202ealice'],
    ['that is decomposed', 'agent:alice:rene\u0301'],
    ['with an empty segment', 'agent::alice'],
    ['with an empty end', 'agent:alice:'],
    ['with an empty start', ':alice'],
    ['that is a delimiter', ':'],
    ['that is empty', ''],
  ] as const

  it.each(forged)('a token with a name %s is refused', async (_how, name) => {
    for (const check of [openCheck(name), exactCheck(name)]) {
      const minted = identity(identityBlock({ subject: name, names: [check] }))
      await expectRefused(speaks(minted), { code: 'unsupported_block', block: 0, check: 0 })
      const appended = identity(identityBlock(), [{ checks: [timeCheck(NOW + 9), check] }])
      await expectRefused(speaks(appended), { code: 'unsupported_block', block: 1, check: 1 })
    }
  })

  it.each(forged)('nobody can speak as a name %s', async (_how, name) => {
    for (const claimed of [name, `agent:alice:${name}`, `agent:alice:${name}:x`]) {
      await expectRefused(speaksAs(identity(), claimed), {
        code: 'wrong_subject',
        block: 0,
        check: 0,
        expected: 'agent:alice',
      })
    }
  })

  it('nobody can speak as a name that no token can hold', async () => {
    for (const name of [
      'agent:alice:\ud800',
      `agent:alice:${'x'.repeat(4085)}`,
      `agent:alice:${'\u00e9'.repeat(500_000)}`,
    ]) {
      await expectRefused(speaksAs(identity(), name), { code: 'wrong_subject', block: 0, check: 0 })
    }
    const longest = `agent:alice:${'x'.repeat(4084)}`
    await expect(speaksAs(identity(), longest)).resolves.toMatchObject({ identity: longest })
  })

  it.each([
    'agent:alicex',
    'agent:alice\u0301',
    'agent:alic',
    'agent',
    'Agent:alice',
    'agent:alice\u00a0',
    'agent:\u0430lice',
    'agent.alice',
    'agent:bob:alice',
    'alice',
    '*',
    'agent:*',
    '__proto__',
    'constructor',
  ])('a name that only looks as if it were below another is refused: %s', async (name) => {
    const expected = { code: 'wrong_subject', block: 0, check: 0, expected: 'agent:alice', actual: expect.any(String) }
    await expectRefused(speaksAs(identity(), name), expected)
    await expectRefused(speaksAs(identity(exact), name), expected)
  })

  it('a name of one segment cannot be delegatable, because it would speak for its whole class', async () => {
    const open = identity(identityBlock({ subject: 'agent', names: [openCheck('agent')] }))
    await expectRefused(speaks(open), { code: 'unsupported_block', block: 0, check: 0 })
    const alone = identity(identityBlock({ subject: 'agent', names: [exactCheck('agent')] }))
    await expect(speaks(alone)).resolves.toMatchObject({ identity: 'agent' })
  })

  it('a name can have any other characters', async () => {
    const subject = 'user:René Müller:日本:uri.x/y?z=1&{subject}$a|@__proto__'
    await expect(speaks(identity(identityBlock({ subject })))).resolves.toMatchObject({ identity: subject })
  })
})

describe('what a token states itself about the name is refused', () => {
  it.each([
    fact('actor', 'agent:alice'),
    fact('actor', 'agent:admin'),
    fact('actor'),
    fact('actor_depth', 1),
    fact('actor', 7, 'x'),
  ])('a token that states %j is refused, in any block', async (stated) => {
    const authority = { ...identityBlock(), facts: [fact('subject', 'agent:alice'), stated] }
    await expectRefused(speaks(identity(authority)), {
      code: 'unsupported_block',
      block: 0,
      check: undefined,
    })
    const block = { ...delegationBlock('agent:alice:helper'), facts: [stated] }
    for (const options of [{}, { externalKey: gateway.privateKey }]) {
      const token = appendBlock(identity(), block, options)
      await expectRefused(speaks(token), { code: 'unsupported_block', block: 1, check: undefined })
    }
  })
})
