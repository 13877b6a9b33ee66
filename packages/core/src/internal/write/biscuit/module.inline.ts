import base64 from './biscuit-wasm-base64.js'

export { createGlue } from './glue.js'

/**
 * Compiles the WebAssembly module from a string. It needs no file, URL or network, so it works wherever this code was
 * loaded.
 */
export function loadBiscuitModule(): WebAssembly.Module {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  try {
    return new WebAssembly.Module(bytes)
  } catch (cause) {
    throw new Error(
      'this platform does not compile WebAssembly at run time: import "@writ/core/biscuit_bg.wasm" as a module and ' +
        "hand it to setBiscuitModule(), or allow 'wasm-unsafe-eval' in the content security policy",
      { cause },
    )
  }
}
