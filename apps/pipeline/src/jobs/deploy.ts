import { createHash } from 'node:crypto'
import { openJob } from './open-job.ts'

const { ask, client } = openJob()
const secret = await ask('GET', 'secrets/deploy-key', { target: 'secrets', operation: 'read' })
const digest = createHash('sha256').update(secret).digest('hex')
console.log(`deployed web, with the key ${digest.slice(0, 8)}`)
client.close()
