import type { FrozenRequirement } from '@writ/http'
import { BODY_HOOK } from '../internal/guard-requests.ts'
import { requirementOf } from '../requirement-of.ts'
import type { ListedRoute } from './list-routes.ts'

/**
 * Warns of the hooks that run before the guard decides about the body of a route. A hook that answers there would do so
 * whatever object the token is for. What a designate function reads is not known before it runs, so its routes are not
 * looked at.
 */
export function warnOfEarlyHooks(routes: readonly ListedRoute[]): void {
  const lines = new Set<string>()
  for (const route of routes) {
    const early = designatesByBody(route) ? earlyHooksOf(route) : []
    if (early.length > 0) lines.add(`  ${[route.config.method].flat().join()} ${route.config.url}: ${early.join(', ')}`)
  }
  if (lines.size === 0) return
  process.emitWarning(
    `These hooks run before the guard decides about the body, so they must not answer:\n${[...lines].sort().join('\n')}`,
    {
      type: 'WritWarning',
      code: 'WRIT_EARLY_HOOKS',
      detail: 'Register preValidation hooks after the guard, or use preHandler.',
    },
  )
}

function designatesByBody({ config }: ListedRoute): boolean {
  const requirements = [requirementOf({ config })].flat() as (FrozenRequirement | 'public' | undefined)[]
  return requirements.some(
    (one) =>
      typeof one === 'object' &&
      Object.values(one.designate).some((source) => typeof source === 'object' && Object.hasOwn(source, 'body')),
  )
}

/** Only the names of the hooks are known, because Fastify binds each hook to its plugin. */
function earlyHooksOf({ hooks }: ListedRoute): string[] {
  const [parsing, validation] = [hooks?.preParsing ?? [], hooks?.preValidation ?? []].map((bound) =>
    bound.map(({ name }) => name.replace(/^bound /, '')),
  ) as [string[], string[]]
  const describe = (hook: string, names: string[]) => names.map((name) => `${hook} ${name || '(no name)'}`)
  return [
    ...describe('preParsing', parsing),
    ...describe('preValidation', validation.slice(0, validation.indexOf(BODY_HOOK))),
  ]
}
