/** Which file it is depends on the platform: see `imports` in package.json. */
declare module '#ed25519' {
  export { library } from './ed25519.library.ts'
}
