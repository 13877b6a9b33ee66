import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { printable } from '@writ/core'
import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'

/** Reads a stream as text. More than `maxBytes` is an error, and the rest is not read. */
export async function readStream(stream: Readable, name: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer)
    length += bytes.length
    if (length > maxBytes) throw usageError(`${name}: longer than ${maxBytes} bytes`)
    chunks.push(bytes)
  }
  return decode(Buffer.concat(chunks), name)
}

/** Reads a regular file as text, with the same bound. */
export async function readFile({ folder }: Io, path: string, maxBytes: number): Promise<string> {
  const shown = printable(path)
  try {
    // Opening a pipe that nobody writes would wait for ever.
    await using file = await open(resolve(folder, path), constants.O_RDONLY | constants.O_NONBLOCK)
    const status = await file.stat()
    if (!status.isFile()) throw usageError(`${shown}: not a file`)
    if (status.size > maxBytes) throw usageError(`${shown}: longer than ${maxBytes} bytes`)
    return decode(await file.readFile(), shown)
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (code === 'ENOENT') throw usageError(`${shown}: there is no such file`)
    if (code === 'EACCES') throw usageError(`${shown}: may not be read`)
    throw cause
  }
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw usageError(`${name}: not text`)
  }
}
