import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { FRAMEWORKS, type Framework } from './service-code.ts'
import { SERVICE_NAME } from './service-name.ts'

const LABELS: Readonly<Record<Framework, string>> = {
  express: 'Express',
  fastify: 'Fastify',
  hono: 'Hono',
  nest: 'NestJS',
}

/**
 * Asks at a terminal which framework a service uses, and its name unless it was given.
 *
 * @throws `CliError` if the questions are broken off.
 */
export async function askForService(
  { stdin: input, stdout: output }: Io,
  given: string | undefined,
): Promise<{ readonly framework: Framework; readonly service: string }> {
  const { isCancel, select, text } = await import('@clack/prompts')
  const options = FRAMEWORKS.map((value) => ({ value, label: LABELS[value] }))
  const framework = await select<Framework>({
    message: 'Which framework does the service use?',
    options,
    input,
    output,
  })
  if (isCancel(framework)) throw usageError('broken off: nothing was written')
  if (given !== undefined) return { framework, service: given }
  const service = await text({
    message: 'What is its name? Tokens for it are anchored to that.',
    initialValue: 'service:billing',
    validate: (name) => (SERVICE_NAME.test(name ?? '') ? undefined : 'a name such as service:billing'),
    input,
    output,
  })
  if (isCancel(service)) throw usageError('broken off: nothing was written')
  return { framework, service }
}
