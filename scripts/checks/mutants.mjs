// What scripts/mutants names exists: the test files of each set, and the code of each mutant that no test can kill. A
// mutation run takes too long to find out.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EQUIVALENT } from '../mutants/equivalent.mjs'
import { SETS } from '../mutants/sets.mjs'
import { read, report, root } from './support.mjs'

const exists = (path) => existsSync(join(root, path))
const tests = Object.values(SETS).flatMap(({ folder, tests }) => tests.map((test) => join(folder, `${test}.test.ts`)))
const problems = tests.filter((test) => !exists(test)).map((test) => `scripts/mutants/sets.mjs: there is no ${test}`)
for (const { file, change } of EQUIVALENT) {
  const [original] = change.split(' -> ')
  const isThere = exists(file) && read(file).replaceAll(/\s+/g, ' ').includes(original)
  if (!isThere) problems.push(`scripts/mutants/equivalent.mjs: ${file} has no ${original}`)
}
report(problems, `${tests.length} test files and ${EQUIVALENT.length} mutants that cannot be killed are there`)
