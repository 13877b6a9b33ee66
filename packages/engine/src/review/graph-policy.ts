import type { Policy } from '../policy/policy.ts'
import { effectiveRights, type Right } from './effective-rights.ts'

/**
 * Draws who may do what as a Mermaid flowchart: subjects on the left, targets on the right, parents by dotted lines.
 *
 * @returns The text of the chart, for a Markdown block marked `mermaid`.
 *
 * @example
 * ```ts
 * import { graphPolicy, parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy({ objects: [{ id: 'a:b', capabilities: [{ target: 'crm', operations: ['read'] }] }] })
 * console.log(await graphPolicy(policy))
 * ```
 */
export async function graphPolicy(policy: Policy): Promise<string> {
  const ids = new Map(policy.objects.map(({ id }, index) => [id, `s${index}`]))
  const targets = new Map<string, string>()
  const edges: string[] = []
  for (const { id, parent } of policy.objects) {
    if (parent !== undefined) edges.push(`${ids.get(parent)} -.-> ${ids.get(id)}`)
    for (const [target, rights] of Map.groupBy((await effectiveRights(id, policy)).rights, ({ target }) => target)) {
      const node = targets.get(target) ?? `t${targets.size}`
      targets.set(target, node)
      edges.push(`${ids.get(id)} -->|${quote(rights.map(describe).join(', '))}| ${node}`)
    }
  }
  const subjects = [...ids].map(([id, node]) => `${node}(${quote(id)})`)
  const nodes = [...targets].map(([target, node]) => `${node}[${quote(target)}]`)
  return ['flowchart LR', ...[...subjects, ...nodes, ...edges].map((line) => `  ${line}`), ''].join('\n')
}

function describe({ operation, anchor, designations }: Right): string {
  const pairs = Object.entries(designations).map(([label, value]) => `${label} ${value}`)
  return [operation, ...pairs, ...(anchor === undefined ? [] : [`at ${anchor}`])].join(' ')
}

/** Mermaid reads `#34;` as a quote; other characters that it gives a meaning go the same way. */
function quote(text: string): string {
  return `"${text.replace(/["#<>&`\p{Cc}]/gu, (character) => `#${character.codePointAt(0)};`)}"`
}
