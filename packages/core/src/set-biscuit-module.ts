import { replaceBiscuitModule } from './internal/write/biscuit/with-biscuit.ts'

/**
 * Hands over the compiled WebAssembly module that writes tokens, for builds whose tool does not choose it by itself.
 *
 * Only needed where `mintCapability` reports that the platform does not compile WebAssembly at run time: Cloudflare Workers
 * bundled without the `workerd` condition. Call it once, before the first token is minted. Verification never needs it.
 *
 * @param module - The `WebAssembly.Module` of `@writ/core/biscuit_bg.wasm`.
 * @throws `TypeError` when `module` is not a `WebAssembly.Module`.
 *
 * @example
 * ```ts
 * import { setBiscuitModule } from '@writ/core'
 *
 * declare const biscuit: object // import biscuit from '@writ/core/biscuit_bg.wasm'
 * setBiscuitModule(biscuit)
 * ```
 */
export function setBiscuitModule(module: object): void {
  // Not instanceof: a module compiled in another realm is as good.
  if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {
    throw new TypeError('module: expected a WebAssembly.Module')
  }
  replaceBiscuitModule(module as WebAssembly.Module)
}
