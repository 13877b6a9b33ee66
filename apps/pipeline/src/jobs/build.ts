import { openJob } from './open-job.ts'

const { ask, artifact, client } = openJob()
await ask('PUT', `artifacts/${artifact}`, { target: 'artifacts', operation: 'write' }, 'console.log("hello")\n')
console.log(`built ${artifact}`)
client.close()
