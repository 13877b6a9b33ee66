// Installs the packed packages beside four frameworks for agents, in a throwaway project: they are too large for everybody who
// works on Writ. A scripted model calls a guarded tool through each of them. The last lines are `<framework>: N passed, N failed`.
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from './pack.mjs'
import { output, read, report, root } from './support.mjs'

const FRAMEWORKS = {
  '@langchain/core': '1.4.0',
  '@langchain/langgraph': '1.7.3',
  '@mastra/core': '1.71.0',
  '@openai/agents': '0.20.0',
  ai: '7.0.173',
  langchain: '1.5.14',
  zod: '4.6.7',
}
const PACKAGES = ['@writ/core', '@writ/http', '@writ/mcp']
const SCRIPTS = ['ai-sdk.mjs', 'langchain.mjs', 'openai-agents.mjs', 'mastra.mjs']

const problems = []

// What the guide shows is what runs.
const scripts = SCRIPTS.map((script) => read(`scripts/checks/consumer-agents/${script}`))
const shown = read('docs/guides/agent-frameworks.md').split('```js\n').slice(1)
for (const [index, text] of shown.entries()) {
  const [snippet] = text.split('```')
  if (!scripts.some((script) => script.includes(snippet)))
    problems.push(`the guide: snippet ${index + 1} is not what runs`)
}
if (shown.length !== SCRIPTS.length) problems.push(`the guide: ${shown.length} snippets, not ${SCRIPTS.length}`)

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'writ-agents-')))
try {
  const packed = pack('agent-frameworks').filter(({ name }) => PACKAGES.includes(name))
  const own = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
  cpSync(join(root, 'scripts/checks/consumer-agents'), folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: { ...FRAMEWORKS, ...own } }),
  )
  output('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })
  for (const script of SCRIPTS) {
    try {
      // Nothing of the outside is asked: a model that is not there would be found by its name.
      const env = { ...process.env, MASTRA_TELEMETRY_DISABLED: '1', LANGSMITH_TRACING: 'false' }
      process.stdout.write(output(process.execPath, [script], { cwd: folder, env, timeout: 120_000 }))
    } catch (error) {
      problems.push(`${script}: ${error.message}`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
report(problems, `${SCRIPTS.length} frameworks for agents call a guarded tool, and tell their model what is refused`)
