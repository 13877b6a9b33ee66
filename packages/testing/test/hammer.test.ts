import { describe, expect, it } from 'vitest'
import { hammer } from '../src/index.ts'
import { referenceTarget } from './mutants/reference-target.ts'
import { runningMutants } from './mutants/running-mutants.ts'
import { stateMutants } from './mutants/state-mutants.ts'

const options = { requests: 150, seed: 7 }

/** The sabotage of that name. */
const sabotageOf = (name: string) => {
  const found = [...runningMutants, ...stateMutants].find((one) => one.name === name)
  if (!found) throw new Error(`nobody ${name}`)
  return found.sabotage
}

describe('a hammer', () => {
  it('counts what passed, what was refused and who went away, and tells its seed', async () => {
    const { passed, refused, aborted, ...rest } = await hammer(referenceTarget(), options)
    expect(rest).toEqual({ seed: 7, requests: 150 })
    expect(passed + refused + aborted).toBe(150)
    expect(Math.min(passed, refused, aborted)).toBeGreaterThan(5)
  })

  it('takes a seed of its own unless one is given', async () => {
    const [one, other] = [
      await hammer(referenceTarget(), { requests: 1 }),
      await hammer(referenceTarget(), { requests: 1 }),
    ]
    expect(one.seed).not.toBe(other.seed)
  })

  it.each([
    ['runs the handler 60 ms after a refusal', /the handler ran for request \d+: \w+/],
    ['runs the handler when a refusal is not sent at once', /the handler ran for request \d+: \w+/],
    ['runs the handler when the decision could not be made', /the handler ran for request \d+: unavailable/],
    ['keeps the capability on the module', /saw the capability of \w+/],
    ['runs the handler twice', /ran 2 times/],
  ])('finds an adapter that %s, and tells the seed', async (name, problem) => {
    const run = hammer(referenceTarget(sabotageOf(name)), options)
    const error = await run.then(
      () => expect.fail('nothing was found'),
      (cause: Error) => cause,
    )
    expect(error.message).toMatch(/^the reference adapter, seed 7: \d+ problems\n/)
    expect(error.message).toMatch(problem)
  })

  it.each([
    [{ requests: 0 }, 'requests: must be a whole number from 1'],
    [{ requests: 1, seed: 0.5 }, 'seed: must be a whole number from 0'],
    [{ requests: 1, concurrency: 0 }, 'concurrency: must be a whole number from 1'],
    [{ requests: 1, times: 2 }, 'times: unknown option, must be one of requests, seed, concurrency'],
  ])('does not take the options %j', async (wrong, message) => {
    await expect(hammer(referenceTarget(), wrong)).rejects.toThrow(new TypeError(message))
  })
})
