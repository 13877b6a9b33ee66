import { inspect } from '@writ/core'
import { cutLastBlock } from './tamper.ts'

/** One block of a token, in words. */
export interface Block {
  readonly signedBy: string
  /** What it demands of a request. */
  readonly demands: readonly string[]
  /** Seconds that the token lives with this block as the last one, from now on. */
  readonly seconds: number
}

/**
 * The blocks of a token as they were added, one after the other.
 *
 * @param text - The token.
 * @param signers - Who signed each block.
 */
export async function blocksOf(text: string, signers: readonly string[]): Promise<readonly Block[]> {
  const token = await inspect(text)
  const index = token.blocks - 1
  const before = index === 0 ? [] : await blocksOf(cutLastBlock(text), signers)
  const { subject, operation, resource } = token
  const own = token.designations.filter(({ block }) => block === index)
  const anchors = own.filter(({ label }) => label === 'anchor').map(({ value }) => `only at ${value}`)
  const objects = own.filter(({ label }) => label !== 'anchor').map(({ label, value }) => `${label}=${value}`)
  const demands = [
    ...(index === 0 ? [`${subject} may ${operation} ${resource}`] : []),
    ...anchors,
    ...(objects.length === 0 ? [] : [`only for ${objects.join(' ')}`]),
  ]
  const seconds = (token.expiresAt ?? 0) - Math.floor(Date.now() / 1000)
  return [...before, { signedBy: signers[index] ?? 'somebody', demands, seconds }]
}
