import { expect, it } from 'vitest'
import { compileRequirement } from '../../src/requirement.ts'
import { describeRoutes } from '../../src/startup/describe-routes.ts'
import { listedRoute } from '../../src/startup/listed-route.ts'

const invoices = compileRequirement({ resource: 'invoices', designate: ['tenantId', 'invoiceId'] })
const admin = compileRequirement({
  resource: 'admin',
  operation: 'purge',
  allowUndesignated: true,
  designate: ['tenantId'],
})
const internal = compileRequirement({ resource: 'internal', subject: 'service:webapp', optional: true })

it('routes are described one per line, sorted by path and then by method', () => {
  const routes = [
    listedRoute('PUT', '/b', [invoices]),
    listedRoute('GET', '/b', [invoices]),
    listedRoute('GET', '/a', ['public']),
    listedRoute('ALL', '/c', [invoices]),
    listedRoute('DELETE', '/d', [[invoices, admin], internal]),
    listedRoute('GET', '/e', []),
    listedRoute('GET', '/f', [], 'unknown'),
  ]
  expect(describeRoutes(routes).split('\n')).toEqual([
    'GET     /a  public',
    'GET     /b  read invoices of tenantId, invoiceId',
    'PUT     /b  write invoices of tenantId, invoiceId',
    'ALL     /c  read or write invoices of tenantId, invoiceId',
    'DELETE  /d  (write invoices of tenantId, invoiceId or purge admin of tenantId (a token need not name tenantId)) and write internal by service:webapp (also without a token)',
    'GET     /e  unguarded',
    'GET     /f  unknown',
  ])
  expect(describeRoutes(routes.toReversed())).toBe(describeRoutes(routes))
  expect(describeRoutes([])).toBe('')
})
