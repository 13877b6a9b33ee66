import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { newFolder, runWrit } from './support/run-writ.ts'

const entry = (more: object) => JSON.stringify({ resource: 'invoices', operation: 'read', enforced: false, ...more })
const allowed = entry({ decision: 'allowed', subject: 'alice' })
const refused = (subject: string | undefined, code = 'undesignated') => entry({ decision: 'refused', code, subject })

describe('writ report', () => {
  it('says what would be refused, why, to whom, and what to do about it', async () => {
    const log = [
      ...Array(5).fill(allowed),
      ...['alice', 'alice', 'bob', 'carol', 'dave'].map((subject) => refused(subject)),
      refused(undefined, 'missing_token'),
      entry({ decision: 'allowed', resource: 'orders', subject: 'alice' }),
      'billing started',
      '{"listening":"http://127.0.0.1:3000"}',
      '',
    ].join('\n')
    const { exitCode, stdout, stderr } = await runWrit(['report'], { stdin: log })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual([
      '12 decisions, 2 other lines; 6 would be refused',
      '',
      'read invoices: 6 of 11 would be refused',
      '  undesignated: 5, from alice (2), bob (1), carol (1), 1 more',
      expect.stringMatching(/^ {4}\S/),
      '  missing_token: 1',
      '    The service needs no change. The client must present a capability.',
      '',
      'read orders: 0 of 1 would be refused',
      '',
    ])
  })

  it('names the first request of each code, where the log says what it was', async () => {
    const one = { decision: 'refused', code: 'undesignated', request: 'GET /acme/invoices/7' }
    const log = [entry(one), entry({ ...one, request: 'GET /acme/invoices/8' })].join('\n')
    expect((await runWrit(['report'], { stdin: log })).stdout).toContain(
      '  undesignated: 2\n    such as GET /acme/invoices/7\n    The client forgot',
    )
  })

  it('reads a file, and answers as JSON', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'decisions.log'), `${refused('alice')}\n${allowed}\n`)
    const { stdout } = await runWrit(['report', '--log', 'decisions.log', '--json'], { folder })
    expect(JSON.parse(stdout)).toEqual({
      decisions: 2,
      skipped: 0,
      routes: [
        {
          resource: 'invoices',
          operation: 'read',
          decisions: 2,
          refused: 1,
          codes: [{ code: 'undesignated', count: 1, callers: [{ subject: 'alice', count: 1 }] }],
        },
      ],
    })
  })

  it('lets no name of a stranger move the cursor, and no number of them fill the memory', async () => {
    const many = Array.from({ length: 1500 }, (_, index) => refused(`\u001b[2J${index}`)).join('\n')
    const { stdout } = await runWrit(['report'], { stdin: many })
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('undesignated: 1500, from (others) (500), ')
    const routes = Array.from({ length: 1200 }, (_, index) => entry({ decision: 'allowed', resource: `r${index}` }))
    const report = JSON.parse((await runWrit(['report', '--json'], { stdin: routes.join('\n') })).stdout)
    expect(report.routes).toHaveLength(1001)
  })

  it('reads no line without an end', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65_536, 'A'))
      },
    })
    expect(await runWrit(['report'], { stdin: endless })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'writ: log: a line is longer than 65536 bytes\n',
    })
  })

  it.each([
    ['missing', 'missing'],
    ['folder', '.'],
  ])('says in one line that a log cannot be read: %s', async (_name, log) => {
    const ran = await runWrit(['report', '--log', log], { folder: await newFolder() })
    expect(ran).toEqual({ exitCode: 2, stdout: '', stderr: 'writ: log: cannot be read\n' })
  })

  it('asks for a log where stdin is a terminal', async () => {
    const ran = await runWrit(['report'])
    expect(ran).toEqual({ exitCode: 2, stdout: '', stderr: 'writ: --log: name a file, or pipe the log in\n' })
  })
})
