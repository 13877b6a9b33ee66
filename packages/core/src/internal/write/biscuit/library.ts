/** The part of biscuit-wasm 0.6.0 that writes tokens. Its objects stay in its memory until `free()`. */
export interface BiscuitLibrary {
  readonly SignatureAlgorithm: { readonly Ed25519: 0; readonly Secp256r1: 1 }
  readonly PrivateKey: { fromBytes(bytes: Uint8Array, algorithm: number): PrivateKeyObject }
  readonly PublicKey: { fromBytes(bytes: Uint8Array, algorithm: number): PublicKeyObject }
  readonly Fact: { fromString(text: string): StatementObject }
  readonly Check: { fromString(text: string): CheckObject }
  readonly BiscuitBuilder: new () => BiscuitBuilderObject
  readonly BlockBuilder: new () => BlockBuilderObject
  readonly Biscuit: { fromBase64(text: string, rootKey: PublicKeyObject): BiscuitObject }
}

export interface WasmObject {
  free(): void
}

export interface PrivateKeyObject extends WasmObject {
  toString(): string
}

export interface PublicKeyObject extends WasmObject {
  toString(): string
}

/** A fact or a check whose `{parameters}` are still to be set. */
export interface StatementObject extends WasmObject {
  set(parameter: string, value: string | number): void
}

export interface CheckObject extends StatementObject {
  /** @param publicKey - In Biscuit's notation. */
  setScope(parameter: string, publicKey: string): void
}

export interface BlockBuilderObject extends WasmObject {
  addFact(fact: StatementObject): void
  addCheck(check: CheckObject): void
}

export interface BiscuitBuilderObject extends BlockBuilderObject {
  setRootKeyId(id: number): void
  build(rootKey: PrivateKeyObject): BiscuitObject
}

export interface BiscuitObject extends WasmObject {
  appendBlock(block: BlockBuilderObject): BiscuitObject
  getThirdPartyRequest(): ThirdPartyRequestObject
  appendThirdPartyBlock(signer: PublicKeyObject, block: WasmObject): BiscuitObject
  sealToken(): BiscuitObject
  toBase64(): string
}

export interface ThirdPartyRequestObject extends WasmObject {
  /** Creates the block. A request can be used for one block. */
  createBlock(signer: PrivateKeyObject, block: BlockBuilderObject): WasmObject
}

/** The library, its hook for an instance, and the functions that the WebAssembly module imports, by name. */
export interface Glue extends BiscuitLibrary {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
  readonly [importName: string]: unknown
}
