// A browser: a page as Vite builds it, in headless Chromium.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = join(here, 'dist', 'page')
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

const strict = "default-src 'none'; img-src data:; script-src 'self'"
const pages = [
  { name: 'chromium', path: '/' },
  { name: 'chromium, with a policy', path: '/with-policy', policy: `${strict} 'wasm-unsafe-eval'` },
  { name: 'chromium, without WebAssembly', path: '/without-webassembly', policy: strict },
]

// Without these it asks for updates and much else, which a machine without a way out refuses, loudly.
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why Chromium cannot be run, or `undefined` when it can. CI installs it where it may. */
export function chromiumMissing() {
  if (existsSync(executablePath)) return undefined
  const mayInstall = process.env.CI && process.getuid?.() === 0 && process.env.CHROMIUM === undefined
  if (!mayInstall) return `there is no ${executablePath}, and CHROMIUM names no other`
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...args], {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')}: ${stdout}${stderr}`)
  }
  return undefined
}

/** Runs the suite in pages of several content security policies, and calls `tell(name, outcome)`. */
export async function inChromium(tell) {
  await build({
    root: join(here, 'runners'),
    configFile: false,
    logLevel: 'warn',
    // The WebAssembly library is one large string.
    build: { outDir: dist, emptyOutDir: true, chunkSizeWarningLimit: 4000, rolldownOptions: { input: 'page.html' } },
  })
  const server = await serve()
  const browser = await chromium.launch({ executablePath, args: flags })
  try {
    for (const { name, path } of pages) {
      const page = await browser.newPage()
      const errors = []
      page.on('pageerror', (error) => errors.push(`${error}`))
      try {
        await page.goto(`http://127.0.0.1:${server.address().port}${path}`)
        tell(name, JSON.parse(await page.locator('output').textContent({ timeout: 60_000 })))
      } catch (error) {
        tell(name, { passed: 0, failures: [`does not run: ${[...errors, error].join('\n')}`] })
      }
      await page.close()
    }
  } finally {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }
}

async function serve() {
  const types = { '.html': 'text/html', '.js': 'text/javascript' }
  const server = createServer(({ url }, response) => {
    const page = pages.find(({ path }) => path === url)
    const file = join(dist, page === undefined ? url : 'page.html')
    if (!existsSync(file)) return void response.writeHead(404).end()
    if (page?.policy !== undefined) response.setHeader('content-security-policy', page.policy)
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
    response.end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
