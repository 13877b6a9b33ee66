// Mutants that are not made at all, since no test should notice them: a plugin of Stryker.

const MESSAGE = 'the wording of a message for developers'
const SAME_PUBLIC_CODE = '`malformed_token` has the same public code, proven or not'

export const REASONS = [MESSAGE, SAME_PUBLIC_CODE]

function shouldIgnore(path) {
  if (!path.isNewExpression()) return undefined
  const { callee, arguments: values } = path.node
  if (callee.name === 'TypeError' || callee.name === 'Error') return MESSAGE
  if (callee.name === 'CapabilityError' && values[0]?.value === 'malformed_token') return SAME_PUBLIC_CODE
  return undefined
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'writ', value: { shouldIgnore } }]
