import type { Snapshot } from './remote/snapshot.ts'

type Supplier = () => string | Promise<string>

/**
 * Who a client is, and how it comes by an identity. Every identity is renewed when about 80 % of its life is over.
 *
 * - A text: an identity token. It is refreshed at the authority, until a session of it ends (24 hours by default).
 * - A function that returns an identity token; it is called again for the next one.
 * - `{ secret }`: an enrolment secret, or a function that returns one. A secret is good once: what it was exchanged for is
 *   refreshed, and with a `snapshot` it outlives a restart; the secret may be empty by then. When the session ends the function is called again; a text
 *   has no second secret, and the client is `unauthenticated`. The snapshot holds a credential: keep it as a private key.
 * - `{ assertion }`: a function that returns an OIDC token of the workload. It is called for each identity, so that a
 *   workload that its platform does not know any more is soon unknown here.
 */
export type IdentitySource =
  | string
  | Supplier
  | { readonly secret: string | Supplier; readonly snapshot?: Snapshot | undefined }
  | { readonly assertion: Supplier }
