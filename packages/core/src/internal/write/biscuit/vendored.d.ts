// What the build puts next to the loaders (vendor-biscuit.mjs), and the subpath import that chooses between the two.

declare module '#biscuit-module' {
  /** The globals are shadows of those of the same names. */
  export const createGlue: (
    globals: Readonly<Record<'console' | 'FinalizationRegistry' | 'Function' | 'module', unknown>>,
  ) => import('./library.ts').Glue
  export const loadBiscuitModule: () => WebAssembly.Module
}

declare module '*/glue.js' {
  /** The globals are shadows of those of the same names. */
  export const createGlue: (
    globals: Readonly<Record<'console' | 'FinalizationRegistry' | 'Function' | 'module', unknown>>,
  ) => import('./library.ts').Glue
}

declare module '*/biscuit-wasm-base64.js' {
  const base64: string
  export default base64
}

declare module '*/biscuit_bg.wasm?module' {
  const module: WebAssembly.Module
  export default module
}
