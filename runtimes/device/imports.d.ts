/** `@writ/core` on Node, and `@writ/device` on a device. */
declare module '#core' {
  export * from '@writ/core'
}

/** `record.ts` on Node, and `replay.ts` on a device. */
declare module '#wrap' {
  export function wrap<Name extends string>(name: Name): never
}
