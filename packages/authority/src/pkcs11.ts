// The entry `@writ/authority/pkcs11`: apart from the others because it needs the native package pkcs11js.

export { createPkcs11Keys, type Pkcs11Keys, type Pkcs11Options } from './keys/pkcs11/create-pkcs11-keys.ts'
