import { readFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'

const { resolve } = createRequire(import.meta.url)

/**
 * Runs the TypeScript of a guide as it stands there, and returns what it exports: one module for each block, with those that
 * continue it.
 */
export async function runGuide(name: string): Promise<Record<string, unknown>[]> {
  const text = readFileSync(new URL(`../../../docs/guides/${name}.md`, import.meta.url), 'utf8')
  const modules: string[] = []
  for (const [, info, code = ''] of text.matchAll(/^```ts( continues)?\n([\s\S]*?)^```$/gm)) {
    if (info) modules.push(`${modules.pop()}\n${code}`)
    else modules.push(code)
  }
  return Promise.all(modules.map((code) => import(/* @vite-ignore */ urlOf(code))))
}

/** A module without a file has nothing to look packages up from: their names become addresses. */
function urlOf(code: string): string {
  const javascript = stripTypeScriptTypes(code)
  const resolved = javascript.replace(/(?<=\bfrom ')[^'.][^']*(?=')/g, (name) => pathToFileURL(resolve(name)).href)
  return `data:text/javascript;base64,${Buffer.from(resolved).toString('base64')}`
}
