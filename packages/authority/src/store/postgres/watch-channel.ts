import { setTimeout } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'

/** The channel on which processes tell each other that they have committed. */
export const CHANNEL = 'writ_changed'

const MIN_PAUSE_MS = 50
const MAX_PAUSE_MS = 1000

/**
 * Listens on a connection of its own, and connects again when that breaks. What was announced meanwhile is lost, so every
 * new connection counts as a change.
 */
export function watchChannel(settings: ClientConfig, changed: () => void): () => void {
  const ending = new AbortController()
  const { signal } = ending

  async function listen(): Promise<void> {
    const client = new Client({ ...settings, keepAlive: true })
    const broken = new Promise<void>((resolve) => {
      client.on('error', () => resolve())
      client.on('end', () => resolve())
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    try {
      await client.connect()
      client.on('notification', changed)
      await client.query(`listen ${CHANNEL}`)
      changed()
      await broken
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async function keepListening(): Promise<void> {
    let pause = MIN_PAUSE_MS
    while (!signal.aborted) {
      const started = performance.now()
      await listen().catch(() => undefined)
      pause = performance.now() - started > MAX_PAUSE_MS ? MIN_PAUSE_MS : Math.min(MAX_PAUSE_MS, pause * 2)
      await setTimeout(pause, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  void keepListening()
  return () => ending.abort()
}
