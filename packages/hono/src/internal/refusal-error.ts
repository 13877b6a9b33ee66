import { type Refusal, RefusalError } from '@writ/http'

/** A refusal as Hono's error handling takes it: without `app.onError` it is answered as the guard itself would have done. */
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
