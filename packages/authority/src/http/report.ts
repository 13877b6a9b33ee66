/** What operators are told: never a token, a secret or a body. */
export type Report = (event: {
  readonly event: string
  readonly requestId?: string | undefined
  readonly error?: unknown
}) => void

const MAX_CAUSES = 5

/** Writes one line of JSON on stderr. */
export const reportOnStderr: Report = ({ event, requestId, error }) => {
  const line = {
    time: new Date().toISOString(),
    event,
    requestId,
    error: error === undefined ? undefined : stacksOf(error),
  }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}

/** Stacks alone: other members of an error, such as those of a database driver, may hold values of a request. */
function stacksOf(error: unknown): readonly string[] {
  const stacks: string[] = []
  for (let each = error; each instanceof Error && stacks.length < MAX_CAUSES; each = each.cause) {
    stacks.push(each.stack ?? each.name)
  }
  return stacks.length > 0 ? stacks : [`not an error: ${typeof error}`]
}
