import { CHECKS_INSIDE, SAMPLE_CASES, type SampleCase } from '../../agreement/sample-cases.ts'
import { isCheck, SAMPLES, type Sample, sourceOf, statementsOf } from './samples.ts'

/** The lines of the table in `docs/internals/verification.md`: one a sample. */
export function sampleTable(): readonly string[] {
  const rows = SAMPLES.map((sample, index) => {
    const cases = SAMPLE_CASES.filter((example) => example.sample === sample.name)
    return `| ${index + 1} | ${sample.title} | ${verdicts(cases)} | ${reasons(sample, cases)} |`
  })
  return [
    '| # | sample | verdict of the reader | if not the documented one: why |',
    '| --: | --- | --- | --- |',
    ...rows,
  ]
}

/** Each verdict once, with the names of its validations where there are several. */
function verdicts(cases: readonly SampleCase[]): string {
  const distinct = [...new Set(cases.map(({ verdict }) => verdict))]
  const named = distinct.map((verdict) => {
    const names = cases.filter((example) => example.verdict === verdict).map(({ validation }) => validation)
    return `${verdict} (${names.map((name) => (name === '' ? 'unnamed' : `\`${name}\``)).join(', ')})`
  })
  return (distinct.length === 1 ? distinct : named).join('; ').replaceAll(/\w+_\w+/g, '`$&`')
}

function reasons(sample: Sample, cases: readonly SampleCase[]): string {
  const given = new Set(cases.flatMap(({ reason }) => reason ?? []))
  const inside = CHECKS_INSIDE.get(sample.name)
  const checks = statementsOf(sourceOf(sample)).filter(isCheck).length
  return [...given, ...(inside === undefined ? [] : [`${inside} of its ${checks} checks are inside, and hold`])].join(
    '; ',
  )
}
