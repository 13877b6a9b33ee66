// Node: does what the cases for devices ask for, and keeps what was written.
import { deviceCases } from '../device/cases.ts'
import { runCases } from '../run-cases.ts'

export { written } from '../device/record.ts'
export const outcome = await runCases(deviceCases)
