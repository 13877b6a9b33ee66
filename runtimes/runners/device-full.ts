// Engines without a platform: the host gives a function that takes the outcome.
import { deviceCases } from '../device/cases.ts'
import { runCases } from '../run-cases.ts'

declare const report: (outcome: string) => void

void runCases(deviceCases).then((outcome) => report(JSON.stringify(outcome)))
