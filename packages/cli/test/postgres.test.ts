import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSchema } from '@writ/engine'
import { policiesOf, readMigration } from '@writ/postgres'
import { describe, expect, it } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const SCHEMA = `[[targets]]
id = "invoices"
operations = [{ name = "read", required_designations = ["tenantId"] }]
`
const TABLES = `["public.invoices"]
columns = { tenantId = { column = "tenant_id", type = "uuid" } }
operations = { select = ["read"] }
`

async function folderWith(tables: string): Promise<string> {
  const folder = await newFolder()
  await writeFile(join(folder, 'schema.toml'), SCHEMA)
  await writeFile(join(folder, 'tables.toml'), tables)
  return folder
}

describe('writ postgres', () => {
  it('prints the migration', async () => {
    const { stdout, exitCode } = await runWrit(['postgres', 'migration'])
    expect({ stdout, exitCode }).toEqual({ stdout: `${await readMigration()}\n`, exitCode: 0 })
  })

  it('prints the policies of tables', async () => {
    const folder = await folderWith(TABLES)
    const { stdout, exitCode } = await runWrit(['postgres', 'policies'], { folder })
    const expected = policiesOf(parseSchema(SCHEMA), {
      'public.invoices': {
        columns: { tenantId: { column: 'tenant_id', type: 'uuid' } },
        operations: { select: ['read'] },
      },
    })
    expect({ stdout, exitCode }).toEqual({ stdout: `${expected}\n`, exitCode: 0 })
    expect(stdout).toContain('create policy writ_select on "public"."invoices" for select using (')
  })

  it.each([
    ['no TOML', '[invoices\n', '--tables: line 1: is not TOML'],
    ['no columns', '[invoices]\noperations = {}\n', '--tables: each table needs columns and operations'],
    ['an unknown type', TABLES.replace('uuid', 'jsonb'), '--tables: each table needs columns and operations'],
    ['an unknown member', `${TABLES}owner = "x"\n`, '--tables: each table needs columns and operations'],
    [
      'a label without a column',
      TABLES.replace('tenantId', 'userId'),
      'tables.public.invoices.columns.tenantId: is missing',
    ],
    ['an unknown operation', TABLES.replace('"read"', '"write"'), 'the schema has no operation "write"'],
  ])('refuses a file with %s', async (_, tables, message) => {
    const { stderr, exitCode } = await runWrit(['postgres', 'policies'], { folder: await folderWith(tables) })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })
})
