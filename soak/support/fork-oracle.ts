import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Questions } from '../../packages/core/test/support/oracle/answer.ts'
import type { Answered, Asked, Judgement, Plea } from './oracle-process.ts'

export interface OracleProcess {
  compare(questions: readonly Questions[]): Promise<readonly (readonly Answer[])[]>
  judge(pleas: readonly Plea[]): Promise<readonly Judgement[]>
  close(): void
}

/** Starts the process; should it end by itself, this one ends as failed. */
export function forkOracle(): OracleProcess {
  const waiting = new Map<number, (answered: Answered) => void>()
  let asks = 0
  let closed = false
  const child = fork(fileURLToPath(new URL('oracle-process.ts', import.meta.url)), { execArgv: [] })
  child.on('message', ({ id, answered }: { id: number; answered: Answered }) => {
    waiting.get(id)?.(answered)
    waiting.delete(id)
  })
  child.on('exit', (code, signal) => {
    if (closed) return
    console.error(`the process of the reference implementation ended: ${code ?? signal}`)
    process.exit(1)
  })
  function ask(asked: Asked): Promise<Answered> {
    const id = asks++
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      child.send({ id, asked })
    })
  }
  return {
    compare: async (questions) => (await ask({ questions })) as readonly (readonly Answer[])[],
    judge: async (pleas) => (await ask({ pleas })) as readonly Judgement[],
    close() {
      closed = true
      child.kill()
    },
  }
}
