import { generateKeyPair } from '@writ/core'
import { holdingCases } from './holding.ts'
import { readingCases } from './reading.ts'
import { type Case, mint } from './support.ts'

/** For a platform that does not let WebAssembly be compiled: verifying and narrowing must not need it, and minting must say what it needs. */
export const casesWithoutWebAssembly: readonly Case[] = [
  ...readingCases,
  ...holdingCases,
  {
    name: 'minting says what to do on a platform that does not compile WebAssembly',
    run: async () => {
      const { privateKey } = await generateKeyPair()
      const outcome = await mint(privateKey).catch((error: unknown) => `${error}`)
      const expected = 'Error: this platform does not compile WebAssembly at run time: '
      if (!outcome.startsWith(expected) || !outcome.includes('setBiscuitModule()')) throw new Error(`got ${outcome}`)
    },
  },
]
