import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as core from '../src/index.ts'
import { mintCapability, mintContext, mintIdentity } from '../src/index.ts'
import { messageOf } from './support/message-of.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const section = (heading: string): string => readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''

describe('the README', () => {
  it('the table of functions has a row for every value that the package exports', () => {
    const named = section('Functions')
    // What a program catches, and not calls, is explained where refusals are.
    const missing = Object.keys(core).filter((name) => name !== 'CapabilityError' && !named.includes(`\`${name}`))
    expect(missing).toEqual([])
  })

  it('the table of mint options says exactly which function takes which option', async () => {
    const lines = section('Options of mint functions').split('\n')
    const rows = lines.filter((line) => line.startsWith('| `')).map((line) => line.split(/ *\| */).slice(1))
    for (const [index, mint] of [mintCapability, mintIdentity, mintContext].entries()) {
      const message = await messageOf(mint({ unheardOf: true } as never, ''))
      const [, taken = ''] = /must be one of (.+)$/.exec(message) ?? []
      const said = rows.filter((cells) => cells[index + 1] === 'yes').map(([name = '']) => name.slice(1, -1))
      expect([mint.name, said.sort()]).toEqual([mint.name, taken.split(', ').sort()])
    }
  })
})
