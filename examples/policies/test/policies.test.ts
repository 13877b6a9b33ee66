import { lintPolicy } from '@writ/engine'
import { describe, expect, test } from 'vitest'
import { load } from './load.ts'

describe.each(['saas', 'microservices', 'pipeline', 'agents', 'iot'])('the policy for %s', (name) => {
  test('fits its schema, and every line of it has an effect', async () => {
    const { policy, schema } = await load(name)
    expect(await lintPolicy(policy, schema)).toEqual([])
  })
})

describe('an application with tenants', async () => {
  const policy = (await load('saas')).expect
  const read = { subject: 'service:web', target: 'invoices', operation: 'read' }

  test('serves every tenant, also one that did not exist when the policy was written', async () => {
    for (const tenantId of ['acme', 'globex', 'founded-today']) {
      await policy.allows({ ...read, designations: { tenantId, invoiceId: '7' } })
    }
  })

  test('mints nothing that is good for all tenants', async () => {
    await policy.refuses({ ...read, designations: { invoiceId: '7' } }, 'missing_designation')
  })

  test('lets support read and never write', async () => {
    const designations = { tenantId: 'acme', invoiceId: '7' }
    await policy.allows({ ...read, subject: 'team:support:alice', designations })
    await policy.refuses({ ...read, subject: 'team:support:alice', operation: 'write', designations }, 'not_granted')
  })
})

describe('services that call each other', async () => {
  const { engine, expect: policy } = await load('microservices')
  const charge = { target: 'payments', operation: 'charge', designations: { tenantId: 'acme', orderId: '7' } }

  test('lets orders charge, and not the gateway', async () => {
    await policy.allows({ ...charge, subject: 'service:orders' })
    await policy.refuses({ ...charge, subject: 'service:gateway' }, 'not_granted')
  })

  test('anchors each capability to the service that it is for', async () => {
    expect(await engine.mint({ ...charge, subject: 'service:orders' })).toMatchObject({ anchor: 'service:billing' })
    await policy.refuses({ ...charge, subject: 'service:orders', anchor: 'service:inventory' }, 'conflicting_anchor')
  })
})

describe('jobs of a CI system', async () => {
  const policy = (await load('pipeline')).expect
  const deploy = { target: 'production', operation: 'deploy', designations: { repository: 'writ', commit: 'abc' } }

  test('lets the deploy job deploy, and not the test job', async () => {
    await policy.allows({ ...deploy, subject: 'ci:main:deploy' })
    await policy.refuses({ ...deploy, subject: 'ci:main:test' }, 'not_granted')
  })

  test('lets pull requests read the cache and nothing else', async () => {
    const cache = { subject: 'ci:pull-request:8', target: 'cache', designations: { repository: 'writ' } }
    await policy.allows({ ...cache, operation: 'read' })
    await policy.refuses({ ...cache, operation: 'write' }, 'not_granted')
    await policy.refuses({ ...deploy, subject: 'ci:pull-request:8' }, 'not_granted')
  })

  test('knows no job that it does not declare', async () => {
    await policy.refuses({ ...deploy, subject: 'ci:main:other' }, 'unknown_subject')
  })
})

describe('agents with tools', async () => {
  const { engine, expect: policy } = await load('agents')
  const subject = 'agent:assistant'
  const email = { subject, target: 'tool:send-email', operation: 'invoke', designations: { to: 'alice@acme.example' } }
  const customer = { subject, target: 'tool:read-customer', operation: 'invoke', designations: { customerId: '7' } }

  test('invoke no tool outside a session', async () => {
    await policy.refuses(email, 'context_required')
  })

  test('send email until they have read a customer, and not after', async () => {
    const context = await engine.mintContext({ subject })
    await engine.mint({ ...email, context })
    const read = await engine.mint({ ...customer, context })
    await expect(engine.mint({ ...email, context: read.context ?? '' })).rejects.toMatchObject({ code: 'exposed' })
    await expect(engine.mint({ ...email, context })).rejects.toMatchObject({ code: 'exposed' })
  })

  test('pass on what they have seen to the agents that they start', async () => {
    const context = await engine.mintContext({ subject, fresh: true })
    await engine.mint({ ...customer, context })
    const child = `${subject}:writer`
    const fork = await engine.forkContext(context, { subject: child })
    await expect(engine.mint({ ...email, subject: child, context: fork })).rejects.toMatchObject({ code: 'exposed' })
  })
})

describe('devices in the field', async () => {
  const policy = (await load('iot')).expect

  test('report for their own site only', async () => {
    const write = { subject: 'site:berlin:sensor:12', target: 'telemetry', operation: 'write' }
    await policy.allows({ ...write, designations: { deviceId: '12' } })
    await policy.refuses({ ...write, designations: { site: 'paris', deviceId: '12' } }, 'conflicting_designation')
  })

  test('open no doors, other than those at the reception', async () => {
    const open = { target: 'doors', operation: 'open', designations: { doorId: 'front' } }
    await policy.allows({ ...open, subject: 'site:berlin:reception' })
    await policy.refuses({ ...open, subject: 'site:berlin:sensor' }, 'not_granted')
  })
})
