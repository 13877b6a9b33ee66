/** The part of biscuit-wasm 0.6.0 that mints tokens. Its objects stay in its memory until `free()`. */
export interface BiscuitLibrary {
  readonly SignatureAlgorithm: { readonly Ed25519: 0; readonly Secp256r1: 1 }
  readonly PrivateKey: { fromBytes(bytes: Uint8Array, algorithm: number): PrivateKeyObject }
  readonly Fact: { fromString(text: string): StatementObject }
  readonly Check: { fromString(text: string): CheckObject }
  readonly BiscuitBuilder: new () => BiscuitBuilderObject
}

export interface WasmObject {
  free(): void
}

export interface PrivateKeyObject extends WasmObject {
  toString(): string
}

/** A fact or a check whose `{parameters}` are still to be set. */
export interface StatementObject extends WasmObject {
  set(parameter: string, value: string): void
}

export interface CheckObject extends StatementObject {
  /** @param publicKey - In Biscuit's notation. */
  setScope(parameter: string, publicKey: string): void
}

export interface BiscuitBuilderObject extends WasmObject {
  addFact(fact: StatementObject): void
  addCheck(check: CheckObject): void
  setRootKeyId(id: number): void
  build(rootKey: PrivateKeyObject): BiscuitObject
}

export interface BiscuitObject extends WasmObject {
  toBase64(): string
}

/** The library, its hook for an instance, and the functions that the WebAssembly module imports, by name. */
export interface Glue extends BiscuitLibrary {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
  readonly [importName: string]: unknown
}
