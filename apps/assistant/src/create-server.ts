import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { McpServer } from '@modelcontextprotocol/server'
import { guardTools, type ToolGuard } from '@writ/mcp'
import { z } from 'zod'
import { canonicalPathIn } from './canonical/canonical-path.ts'
import { canonicalSite } from './canonical/canonical-site.ts'
import type { Office } from './office/office.ts'

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })

/** The MCP server of the office. Each schema makes canonical what a capability names: what was compared is what the tool gets. */
export function createServer(office: Office, guard: ToolGuard): McpServer {
  const server = guardTools(new McpServer({ name: 'office', version: '1.0.0' }), { guard })
  const path = z.string().transform(orIssue(canonicalPathIn(office.folder)))
  const site = z.string().transform(orIssue(canonicalSite))

  server.registerTool(
    'web_search',
    { inputSchema: z.object({ site, query: z.string() }), capability: { designate: ['site'] } },
    ({ site, query }) => text(office.search(site, query)),
  )
  server.registerTool(
    'read_file',
    { inputSchema: z.object({ path }), capability: { designate: ['path'] } },
    async ({ path }) => text(await readFile(join(office.folder, path), 'utf8')),
  )
  server.registerTool(
    'read_customer',
    { inputSchema: z.object({ customerId: z.string() }), capability: { designate: ['customerId'] } },
    ({ customerId }) => text(office.customers.get(customerId) ?? 'There is no such customer.'),
  )
  server.registerTool(
    'send_email',
    { inputSchema: z.object({ to: z.email(), text: z.string() }), capability: { designate: ['to'] } },
    (mail) => {
      office.mails.push(mail)
      return text('sent')
    },
  )
  const payment = z.object({ invoiceId: z.string(), cents: z.int().positive() })
  // Approved is this invoice, for this amount.
  const designate = { invoiceId: 'invoiceId', cents: 'cents', approval: 'invoiceId' }
  server.registerTool('pay_invoice', { inputSchema: payment, capability: { designate } }, (paid) => {
    office.payments.push(paid)
    return text('paid')
  })
  return server as unknown as McpServer
}

/** What a function throws is what is wrong with the argument. */
function orIssue(canonical: (value: string) => string) {
  return (value: string, context: z.RefinementCtx): string => {
    try {
      return canonical(value)
    } catch (error) {
      context.addIssue((error as Error).message)
      return z.NEVER
    }
  }
}
