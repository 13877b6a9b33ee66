import module from './biscuit_bg.wasm?module'

export { createGlue } from './glue.js'

/** For platforms that refuse to compile at run time and link the WebAssembly module at deployment instead. */
export function loadBiscuitModule(): WebAssembly.Module {
  return module
}
