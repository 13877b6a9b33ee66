import { loadMasterKey } from '../../src/keys/local/load-master-key.ts'

const [folder = ''] = process.argv.slice(2)
const key = await loadMasterKey({ environment: {}, folder })
process.send?.(Buffer.from(key).toString('hex'))
