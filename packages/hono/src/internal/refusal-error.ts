import { type Refusal, RefusalError } from '@writ/http'

/** A refusal for Hono's error handling. Without `app.onError` it is answered in the same way as by the guard itself. */
export class HonoRefusalError extends RefusalError {
  readonly #refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal)
    this.#refusal = refusal
  }

  getResponse(): Response {
    const { status, headers, body } = this.#refusal
    return new Response(body, { status, headers })
  }
}
