import { openJob } from './open-job.ts'

const { ask, artifact, client } = openJob()
const built = await ask('GET', `artifacts/${artifact}`, { target: 'artifacts', operation: 'read' })
if (!built.includes('hello')) throw new Error('the artifact does not say hello')
console.log(`tested ${artifact}`)
client.close()
