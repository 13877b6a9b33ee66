import { type Keys, parseDuration } from '@writ/core/hold'
import { object, safeParse, string } from 'valibot'
import type { ContextOpening, ExposureReport } from '../../client.ts'
import type { AnswerTo, AskAsIdentity } from '../authority/ask-as-identity.ts'
import { checkMembers, readText, readToken } from '../base/check.ts'
import { proveToken, wrongAnswer } from '../base/prove-token.ts'

const OPENING = { expiresIn: true } satisfies Record<keyof ContextOpening, true>
const REPORT = { exposures: true, source: true } satisfies Record<keyof ExposureReport, true>
const ANSWER = object({ context: string() })

/** Opens a session at the authority; resolves to its context. */
export async function openContext(ask: AskAsIdentity, keys: Keys, opening: ContextOpening): Promise<string> {
  checkMembers('opening', opening, OPENING)
  const { expiresIn } = opening
  const body = expiresIn === undefined ? {} : { expiresIn: parseDuration('opening.expiresIn', expiresIn) }
  return contextIn(await ask('v1/contexts', body), keys)
}

/** Records what a session was exposed to; resolves to the context to go on with. */
export async function addExposure(
  ask: AskAsIdentity,
  keys: Keys,
  context: string,
  report: ExposureReport,
): Promise<string> {
  const token = readToken('context', context, 'a text that is not empty: a context token')
  checkMembers('report', report, REPORT)
  const { exposures } = report
  if (!Array.isArray(exposures) || exposures.length === 0)
    throw new TypeError('report.exposures: must be a list of labels that is not empty')
  const labels = exposures.map((label, index) => readText(`report.exposures[${index}]`, label))
  const source = readText('report.source', report.source)
  return contextIn(await ask('v1/contexts/exposures', { context: token, exposures: labels, source }), keys)
}

/** A context of another name would be good for another session than that of this client. */
async function contextIn({ answer, by }: AnswerTo, keys: Keys): Promise<string> {
  const { success, output } = safeParse(ANSWER, answer)
  if (!success) throw wrongAnswer('the answer holds no context')
  const { kind, subject } = await proveToken(output.context, keys)
  const isOwn = subject === by.subject || subject?.startsWith(`${by.subject}:`) || by.subject.startsWith(`${subject}:`)
  if (kind !== 'context' || !isOwn) throw wrongAnswer('the answer holds a context of somebody else')
  return output.context
}
