import { copyFileSync, rmSync } from 'node:fs'
import { attenuate } from '@writ/core'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { MODULE, readNative, SERVER } from './support/database.ts'
import { codeOf, createInvoices, inTransaction, present } from './support/invoices.ts'

// Run by `node scripts/checks/postgres-native.mjs`, which compiles the module. With it, all other tests verify by it too.
const open = async () => {
  const db = await createInvoices(SERVER as string)
  onTestFinished(() => db.remove())
  return db
}

it.skipIf(MODULE === undefined)('a module that cannot be loaded any more lets no new token pass', async () => {
  const db = await open()
  const copy = `${MODULE}-${process.pid}`
  copyFileSync(`${MODULE}.so`, `${copy}.so`)
  await db.owner.query(await readNative(copy))
  const [known, fresh] = [await db.mint(), await db.mint()]
  await db.app.query('select writ.present($1)', [known])
  rmSync(`${copy}.so`)
  // A server process that has loaded it keeps it, so a new one is asked.
  const pool = new Pool({ connectionString: db.appUrl })
  const codeFor = (token: string) => inTransaction(pool, (client) => codeOf(present(client, token)))
  expect([await codeFor(known), await codeFor(fresh)]).toEqual(['no error', 'unavailable'])
  await pool.end()
})

it.skipIf(MODULE === undefined)('only a superuser can have a database verify by a module', async () => {
  const db = await open()
  await db.owner.query(`grant create, usage on schema writ to ${db.appRole}`)
  expect(await codeOf(db.app.query(await readNative(MODULE as string)))).toBe('42501')
})

it.skipIf(MODULE === undefined)('a new token of two blocks costs less than 10 ms', async () => {
  const db = await open()
  const micros: number[] = []
  for (let round = 0; round < 30; round++) {
    const token = await attenuate(await db.mint(), db.publicKey, { expiresIn: '1m' })
    const start = performance.now()
    await inTransaction(db.app, (client) => present(client, token))
    micros.push(1000 * (performance.now() - start))
  }
  const median = micros.sort((a, b) => a - b)[15] ?? Number.POSITIVE_INFINITY
  console.info(`a new token of 2 blocks: ${Math.round(median)} µs`)
  expect(median).toBeLessThan(10_000)
})
