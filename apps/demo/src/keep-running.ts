import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilSignal } from './exit-on-signals.ts'
import type { Page } from './print/page.ts'

/** Leaves the system as it is until Ctrl-C, with a request to try. The token is in a file: it would fill the screen. */
export async function keepRunning({ colours, write }: Page, gateway: string, token: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'writ-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const file = join(folder, 'header')
    writeFileSync(file, `Authorization: Bearer ${token}\n`, { mode: 0o600 })
    write('')
    write('The five processes keep running. Paste this into another terminal:')
    write('')
    write(colours.cyan(`  curl -i -H @${file} \\`))
    write(colours.cyan(`    ${gateway}/partners/acme/orders/o-1`))
    write('')
    write('That file holds a token for order o-1 of acme, good for an hour.')
    write('With o-2 or globex in the URL, the answer is 403.')
    write('')
    write(`${colours.bold('Ctrl-C')} stops everything.`)
    await untilSignal()
  } finally {
    process.off('exit', remove)
    remove()
  }
}
