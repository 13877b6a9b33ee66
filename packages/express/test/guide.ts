import { readFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'

const { resolve } = createRequire(import.meta.url)

/**
 * Runs the TypeScript of a guide as it stands there, and returns what it exports: one module for each block, with those that
 * continue it.
 */
export async function runGuide(name: string): Promise<Record<string, unknown>[]> {
  return Promise.all(modulesOf(`docs/guides/${name}.md`).map(runModule))
}

/** The TypeScript of a document, given by its path from the root: one text for each block, with those that continue it. */
export function modulesOf(path: string): string[] {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
  const modules: string[] = []
  for (const [, info, code = ''] of text.matchAll(/^```ts( continues)?\n([\s\S]*?)^```$/gm)) {
    if (info) modules.push(`${modules.pop()}\n${code}`)
    else modules.push(code)
  }
  return modules
}

/** Runs TypeScript as a module. It has no file to look packages up from: their names become addresses. */
export function runModule(code: string): Promise<Record<string, unknown>> {
  const javascript = stripTypeScriptTypes(code)
  const resolved = javascript.replace(
    /(?<=\bfrom ')(?!node:)[^'.][^']*(?=')/g,
    (name) => pathToFileURL(resolve(name)).href,
  )
  return import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(resolved).toString('base64')}`)
}
