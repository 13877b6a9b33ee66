import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const withoutBlankLines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

it('the README shows every line of the adapter, in order', () => {
  const [, shown = ''] = textOf('../README.md').split('## Line by line')
  const blocks = [...shown.matchAll(/^```ts(?: continues)?\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
  expect(withoutBlankLines(blocks.join('\n'))).toEqual(withoutBlankLines(textOf('../src/writ.ts')))
})
