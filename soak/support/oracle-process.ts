// The reference implementation in a process of its own: it shares no memory with the reader, and may do what it likes to itself.
import { type Answer, answer, type Questions } from '../../packages/core/test/support/oracle/answer.ts'
import { createOracle, type OracleRequest, type OracleVerdict } from '../../packages/core/test/support/oracle/oracle.ts'

/** One token and one request. */
export interface Plea {
  readonly token: string
  readonly rootKey: string
  readonly request: OracleRequest
}

/** What the reference implementation said, and what it threw, as JSON. */
export interface Judgement {
  readonly verdict: OracleVerdict
  readonly thrown: string | undefined
}

export type Asked = { readonly questions: readonly Questions[] } | { readonly pleas: readonly Plea[] }
export type Answered = readonly (readonly Answer[])[] | readonly Judgement[]

const oracle = createOracle()

process.on('message', ({ id, asked }: { id: number; asked: Asked }) => {
  const answered: Answered = 'questions' in asked ? asked.questions.map(answer) : asked.pleas.map(judge)
  // Whoever asked may be gone: he has found something, and said so.
  process.send?.({ id, answered }, undefined, {}, () => {})
})

function judge({ token, rootKey, request }: Plea): Judgement {
  const { verdict, thrown } = oracle.explain(token, rootKey, request)
  return { verdict, thrown: thrown instanceof Error ? thrown.name : JSON.stringify(thrown) }
}
