import { EXIT } from '../cli-error.ts'
import type { Action, Register } from '../command.ts'
import { checkAuthority } from '../doctor/check-authority.ts'
import { checkKeyFile, checkPolicy } from '../doctor/check-files.ts'
import { checkVersions } from '../doctor/check-versions.ts'
import type { Finding } from '../doctor/finding.ts'
import { coloursFor } from '../output/colours.ts'

/** `writ doctor` */
export const registerDoctor: Register = (program, define) => {
  const command = program
    .command('doctor')
    .summary('look for what is wrong here, and say what to do')
    .description('look for what is wrong with clock, keys, feed, policy and versions, and say what to do')
    .addHelpText('after', '\nExample:\n  cd billing && writ doctor')
  define(command, doctor)
}

const doctor: Action<object> = async (io) => {
  const checks = [checkKeyFile, checkPolicy, checkVersions, checkAuthority]
  const findings = (await Promise.all(checks.map((check) => check(io)))).flat()
  const { green, red, dim } = coloursFor(io)
  const marks = { good: green('ok'), wrong: red('wrong'), silent: red('silent'), absent: dim('-') }
  const width = Math.max(...findings.map(({ what }) => what.length))
  const inOneLine = ({ what, state, found, advice }: Finding) => {
    const mark = `${marks[state]}${' '.repeat(7 - (state === 'good' ? 2 : state === 'absent' ? 1 : state.length))}`
    return `${mark}${what.padEnd(width)}  ${found}${advice === undefined ? '' : `. ${advice}`}`
  }
  const states = new Set(findings.map(({ state }) => state))
  const exitCode = states.has('silent') ? EXIT.unavailable : states.has('wrong') ? EXIT.refused : EXIT.done
  return { text: findings.map(inOneLine).join('\n'), json: { findings }, exitCode }
}
