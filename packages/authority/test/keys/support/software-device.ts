import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PIN = '648219'
export const TOKEN = 'writ'

/** The library of SoftHSM, if it is installed, and a compiler for the native package that speaks to it. */
export function findSoftHsm(): string | undefined {
  const [library] = globSync('/usr/lib/{*/,}softhsm/libsofthsm2.so')
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' })
    execFileSync('softhsm2-util', ['--version'], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return library
}

/** Compiles `pkcs11js`, whose install script does not run here: once, in its own folder, where it looks for itself. */
export function compilePkcs11(): void {
  const folder = folderOf('pkcs11js')
  const output = join(folder, 'build/Release/pkcs11.node')
  if (existsSync(output)) return
  mkdirSync(dirname(output), { recursive: true })
  const headers = join(folderOf('node-api-headers'), 'include')
  const sources = ['dl', 'common', 'main'].map((name) => join(folder, 'src', `${name}.cpp`))
  const flags = ['-std=c++17', '-O1', '-shared', '-fPIC', '-DNAPI_DISABLE_CPP_EXCEPTIONS']
  execFileSync('g++', [...flags, `-I${headers}`, `-I${join(folder, 'includes')}`, ...sources, '-o', output], {
    stdio: 'pipe',
  })
}

function folderOf(name: string): string {
  return realpathSync(join(fileURLToPath(new URL('../../../node_modules', import.meta.url)), name))
}

/** A new software device with one token, for this process. */
export function createDevice(): { remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'writ-softhsm-'))
  mkdirSync(join(folder, 'tokens'))
  const configuration = join(folder, 'softhsm2.conf')
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`)
  process.env['SOFTHSM2_CONF'] = configuration
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', TOKEN, '--pin', PIN, '--so-pin', '901827'], {
    stdio: 'ignore',
  })
  return { remove: () => rmSync(folder, { recursive: true, force: true }) }
}
