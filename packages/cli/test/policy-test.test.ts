import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const CASE = 'subject = "service:webapp"\ntarget = "invoices"\noperation = "read"\nanchor = "service:billing"\n'
const NAMED = `${CASE}designations = { tenantId = "acme" }\n`

/** A folder with the policy that `writ init` writes, and a file of cases. */
async function folderWith(cases: string): Promise<string> {
  const folder = await newFolder()
  expect((await runWrit(['init'], { folder })).exitCode).toBe(0)
  await writeFile(join(folder, 'policy.test.toml'), cases)
  return folder
}

const args = ['policy', 'test', '--schema', 'schema.toml']

describe('writ policy test', () => {
  it('holds a policy against what is expected of it', async () => {
    const folder = await folderWith(
      `[[cases]]\n${NAMED}expect = "allowed"\n[[cases]]\n${CASE}expect = "missing_designation"\n` +
        `[[cases]]\n${NAMED.replace('read', 'pay')}expect = "refused"\n`,
    )
    expect(await runWrit(args, { folder })).toEqual({ exitCode: 0, stdout: '3 of 3 cases hold\n', stderr: '' })
  })

  it('says which case differs, and what came instead', async () => {
    const folder = await folderWith(
      `[[cases]]\n${NAMED}expect = "not_granted"\n[[cases]]\n${CASE}expect = "allowed"\n[[cases]]\n${CASE}expect = "refused"\n`,
    )
    expect(await runWrit(args, { folder })).toEqual({
      exitCode: 1,
      stdout: [
        'service:webapp read invoices: expected not_granted, and it is allowed',
        'service:webapp read invoices: expected allowed, and it is missing_designation',
        '1 of 3 cases hold',
        '',
      ].join('\n'),
      stderr: '',
    })
  })

  it.each([
    ['no TOML', '[[cases]\n', '--cases: line 1: is not TOML'],
    ['no case', '', '--cases: cases: missing, empty or of the wrong type'],
    ['an empty list', 'cases = []', '--cases: cases: missing, empty or of the wrong type'],
    [
      'a member that is unknown',
      `[[cases]]\n${CASE}expect = "allowed"\nexcept = 1\n`,
      '--cases: cases.0.except: unknown',
    ],
    [
      'a value that is no text',
      `[[cases]]\n${CASE}expect = 1\n`,
      '--cases: cases.0.expect: missing, empty or of the wrong type',
    ],
  ])('refuses a file with %s, in one line', async (_name, cases, message) => {
    const ran = await runWrit(args, { folder: await folderWith(cases) })
    expect(ran).toEqual({ exitCode: 2, stdout: '', stderr: `writ: ${message}\n` })
  })
})
