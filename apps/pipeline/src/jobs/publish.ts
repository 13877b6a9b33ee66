import { openJob } from './open-job.ts'

const { ask, artifact, client } = openJob()
const built = await ask('GET', `artifacts/${artifact}`, { target: 'artifacts', operation: 'read' })
await ask('PUT', 'packages/web', { target: 'packages', operation: 'publish' }, built)
console.log('published web')
client.close()
