export {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  type ErrorAnswer,
  type MountedApp,
  ORIGIN,
  type RouteDescription,
  type SeenByHandler,
  type SlowPaths,
} from './conformance/app-description.ts'
export { type ConformanceCase, conformanceCases } from './conformance/conformance-cases.ts'
export {
  createTestAuthority,
  type TestAuthority,
  type TestAuthorityOptions,
  type TestCapabilityOptions,
} from './create-test-authority.ts'
export { type HammerOptions, type HammerReport, hammer } from './hammer.ts'
