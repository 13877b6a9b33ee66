// Runs the whole suite under the other Node versions that the packages declare, the oldest with all cases of each property.
import { delimiter, dirname } from 'node:path'
import { runtimes } from './runtimes.mjs'
import { output, report } from './support.mjs'

const problems = []
const others = runtimes().filter(({ name }) => name === 'node22' || name === 'node24')
for (const [index, { name, program }] of others.entries()) {
  try {
    output(program, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot'], {
      env: {
        ...process.env,
        ...(index === 0 ? { WRIT_LONG: '1' } : {}),
        PATH: `${dirname(program)}${delimiter}${process.env.PATH}`,
      },
    })
  } catch (error) {
    problems.push(`${name}: ${error.message}`)
  }
}
report(problems, `the suite passes on ${others.map(({ name }) => name).join(' and ')}`)
