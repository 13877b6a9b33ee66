import { replaceBiscuitModule } from './internal/write/biscuit/with-biscuit.ts'

/**
 * Sets the compiled WebAssembly module that writes tokens, for builds whose tool does not choose it by itself.
 *
 * It is only needed if `mintCapability` reports that the platform does not compile WebAssembly at run time, as in
 * Cloudflare Workers bundled without the `workerd` condition. Call it once before the first token is minted.
 * Verification never needs it.
 *
 * @param module - The `WebAssembly.Module` of `@writ/core/biscuit_bg.wasm`.
 * @throws `TypeError` if `module` is not a `WebAssembly.Module`.
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
  // No `instanceof`, because a module may be compiled in another realm.
  if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {
    throw new TypeError('module: expected a WebAssembly.Module')
  }
  replaceBiscuitModule(module as WebAssembly.Module)
}
