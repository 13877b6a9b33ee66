// @writ/client on every platform that it names, with an authority that is a process of its own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@writ/client'
import { startService } from 'service-kit/node'
import { runIn } from './in-processes.mjs'
import { runInWorkerd } from './in-workerd.mjs'

/** Runs its cases under each program, `{ name, program, args }`, and in workerd, and calls `tell(name, outcome)`. */
export async function clientEverywhere(programs, tell) {
  const folder = mkdtempSync(join(tmpdir(), 'writ-runtimes-'))
  const authority = await startService(import.meta.resolve('policy/main'), { WRIT_DATA: folder })
  const { url } = authority
  const { publicKey, firstSecret } = authority.announced
  const admin = createClient({ url, keys: publicKey, identity: { secret: readFileSync(firstSecret, 'utf8').trim() } })
  try {
    const settings = async (background) => {
      const [ordersSecret, adminSecret] = await Promise.all(['service:orders', 'admin'].map(enrol))
      return { SETTINGS: JSON.stringify({ url, publicKey, ordersSecret, adminSecret, background }) }
    }
    const worker = await settings(false)
    // A program that runs stops everything here: nothing is asked for in between.
    const defined = await Promise.all(programs.map(() => settings(true)))
    const conditions = ['workerd', 'worker', 'browser']
    tell('client in workerd', await runInWorkerd('client-worker', conditions, worker))
    for (const [index, program] of programs.entries())
      tell(`client on ${program.name}`, await runIn(program, 'client-process', defined[index]))
  } finally {
    admin.close()
    await authority.stop()
    rmSync(folder, { recursive: true })
  }

  async function enrol(subject) {
    const response = await admin.fetch(`${url}/v1/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject }),
      capability: { target: 'authority.enrolments', operation: 'write' },
    })
    return (await response.json()).secret
  }
}
