import { readFile } from 'node:fs/promises'
import { type Engine, EngineError, type MintRequest, parsePolicy } from '@writ/engine'
import { POLICY_FILE, SCHEMA, type Targets } from 'policy'
import type { Answer, Step } from './step.ts'

/** What the authority said, and what it minted. */
export interface Minted {
  readonly answer: Answer
  readonly token?: string
}

/** Asks the authority for what a step says: `MINT <subject> <operation> <target>`. */
export async function mintStep({ request, designations, removes }: Step, authority: Engine<Targets>): Promise<Minted> {
  const [, subject = '', operation = '', target = ''] = request.split(' ')
  if (removes !== undefined) {
    const policy = parsePolicy(without(await readFile(POLICY_FILE, 'utf8'), removes))
    authority.reload({ policy, schema: SCHEMA })
  }
  try {
    // It comes from a line of text: whether there is such a right, the engine says.
    const { capability } = await authority.mint({ subject, operation, target, designations } as MintRequest<Targets>)
    return { answer: {}, token: capability }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { answer: { step: error.step, code: error.code } }
  }
}

/** A policy as it is after somebody has deleted the line of one grant. */
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
