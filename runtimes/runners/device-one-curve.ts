// Engines without a platform: the host gives a function that takes the outcome.
import { oneCurveCases } from '../device/one-curve.ts'
import { runCases } from '../run-cases.ts'

declare const report: (outcome: string) => void

void runCases(oneCurveCases).then((outcome) => report(JSON.stringify(outcome)))
