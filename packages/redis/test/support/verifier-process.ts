// A service in a process of its own: verifies the tokens that its parent sends, with the shared list and ledger.
import { createVerifier } from '@writ/core'
import { createRedisRevocationList, createRedisUseLedger } from '../../src/index.ts'
import { CLIENTS, type ClientName } from './clients.ts'

const [library, url = '', prefix = '', publicKey = ''] = process.argv.slice(2)
const { client, close } = await CLIENTS[library as ClientName](url)
// Longer than a test may take: a timer that is left behind shows.
const timeout = 60_000
const verifier = createVerifier({
  anchor: null,
  keys: publicKey,
  revocation: createRedisRevocationList(client, { timeout, prefix: `${prefix}revoked:` }),
  singleUse: createRedisUseLedger(client, { timeout, prefix: `${prefix}facet:` }),
})

process.on('message', ({ token, request }: { token: string; request: { resource: string; operation: string } }) => {
  void verifier.verify(token, request).then(
    () => process.send?.('allowed'),
    (error) => process.send?.(error.code),
  )
})
process.once('disconnect', close)
process.send?.('ready')
