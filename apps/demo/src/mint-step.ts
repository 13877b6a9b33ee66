import { ClientError } from '@writ/client'
import type { Answer, Step } from './step.ts'
import type { Authority } from './system/start-authority.ts'

/** What the authority said, and what it minted. */
export interface Minted {
  readonly answer: Answer
  readonly token?: string
}

/** Asks the authority for what a step says, with an identity of the subject: `MINT <subject> <operation> <target>`. */
export async function mintStep({ request, designations, removes }: Step, authority: Authority): Promise<Minted> {
  const [, subject = '', operation = '', target = ''] = request.split(' ')
  if (removes !== undefined) await removeGrant(authority, removes)
  try {
    const { capability } = await authority.clientOf(subject).mint({ target, operation, designations })
    return { answer: {}, token: capability }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    if (error.code === 'refused') return { answer: { step: error.step, code: error.reason } }
    if (error.code === 'unauthenticated') return { answer: { status: error.status, code: error.problem } }
    throw error
  }
}

/** Puts a policy in force that is without one grant, as its operator does after somebody has deleted that line. */
async function removeGrant({ url, admin }: Authority, grant: NonNullable<Step['removes']>): Promise<void> {
  const right = (operation: string) => ({ target: 'authority.policy', operation })
  const current = await admin.fetch(`${url}/v1/policy`, { capability: right('read') })
  const { policy, schema } = (await current.json()) as { readonly policy: string; readonly schema: string }
  const response = await admin.fetch(`${url}/v1/policy`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': current.headers.get('etag') ?? '' },
    body: JSON.stringify({ policy: without(policy, grant), schema }),
    capability: right('write'),
  })
  if (!response.ok) throw new Error(`the authority does not take the policy: ${response.status}`)
}

function without(policy: string, { subject, target }: NonNullable<Step['removes']>): string {
  const objects = policy.split('[[objects]]\n')
  const edited = objects.map((object) =>
    object.startsWith(`id = "${subject}"\n`)
      ? object.replace(new RegExp(`^ *\\{ target = "${target}".*\n`, 'm'), '')
      : object,
  )
  const text = edited.join('[[objects]]\n')
  if (text === policy) throw new Error(`the policy has no line for ${target} of ${subject}`)
  return text
}
