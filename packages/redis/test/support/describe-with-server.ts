import { spawnSync } from 'node:child_process'
import { afterAll, describe, it } from 'vitest'
import { NEEDS_REDIS } from './redis.ts'
import { endServers } from './redis-server.ts'

/** A suite on servers of its own; where the program is not installed, it is skipped. */
export function describeWithServer(name: string, body: () => void): void {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    it.skip(NEEDS_REDIS)
    return
  }
  describe(name, () => {
    afterAll(endServers)
    body()
  })
}
