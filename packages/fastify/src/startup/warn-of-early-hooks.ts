import type { FrozenRequirement } from '@writ/http'
import { BODY_HOOK } from '../internal/guard-requests.ts'
import { requirementOf } from '../requirement-of.ts'
import type { WalkedRoute } from './list-routes.ts'

/**
 * Warns of the hooks that run before the guard decides about the body of a route: one that answers does so whatever object the token is
 * for. What a designate function reads is not known before it runs.
 */
export function warnOfEarlyHooks(routes: readonly WalkedRoute[]): void {
  const lines = new Set<string>()
  for (const route of routes) {
    const early = readsBody(route) ? earlyHooksOf(route) : []
    if (early.length > 0) lines.add(`  ${[route.config.method].flat().join()} ${route.config.url}: ${early.join(', ')}`)
  }
  if (lines.size === 0) return
  process.emitWarning(
    `These hooks run before the body is decided about, so they must not answer:\n${[...lines].sort().join('\n')}`,
    {
      type: 'WritWarning',
      code: 'WRIT_EARLY_HOOKS',
      detail: 'Register preValidation hooks after the guard, or use preHandler.',
    },
  )
}

function readsBody({ config }: WalkedRoute): boolean {
  const requirements = [requirementOf({ config })].flat() as (FrozenRequirement | 'public' | undefined)[]
  return requirements.some(
    (one) =>
      typeof one === 'object' &&
      Object.values(one.designate).some((source) => typeof source === 'object' && Object.hasOwn(source, 'body')),
  )
}

/** Fastify binds each hook to its plugin, and so they are known by name only. */
function earlyHooksOf({ hooks }: WalkedRoute): string[] {
  const [parsing, validation] = [hooks?.preParsing ?? [], hooks?.preValidation ?? []].map((bound) =>
    bound.map(({ name }) => name.replace(/^bound /, '')),
  ) as [string[], string[]]
  const tell = (hook: string, names: string[]) => names.map((name) => `${hook} ${name || '(no name)'}`)
  return [...tell('preParsing', parsing), ...tell('preValidation', validation.slice(0, validation.indexOf(BODY_HOOK)))]
}
