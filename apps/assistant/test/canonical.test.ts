import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { canonicalPathIn } from '../src/canonical/canonical-path.ts'
import { canonicalSite } from '../src/canonical/canonical-site.ts'

const home = mkdtempSync(join(tmpdir(), 'writ-canonical-'))
const folder = join(home, 'files')
mkdirSync(join(folder, 'notes', 'old'), { recursive: true })
for (const name of ['a.txt', 'notes/a.txt', 'notes/%2e%2e', 'notes/..b', 'notes/old/a.txt'])
  writeFileSync(join(folder, name), name)
writeFileSync(join(home, 'secret'), 'secret')
mkdirSync(join(home, 'files-of-bob'))
writeFileSync(join(home, 'files-of-bob', 'a.txt'), 'of bob')
symlinkSync(join(home, 'secret'), join(folder, 'out'))
symlinkSync(home, join(folder, 'up'))
symlinkSync(join(folder, 'notes', 'a.txt'), join(folder, 'in'))
symlinkSync('loop', join(folder, 'loop'))
symlinkSync(folder, join(home, 'link-to-files'))
afterAll(() => rmSync(home, { recursive: true }))

describe('the path of a file', () => {
  const canonical = canonicalPathIn(folder)

  it.each([
    ['notes/a.txt', 'notes/a.txt'],
    ['./notes/a.txt', 'notes/a.txt'],
    ['notes//a.txt', 'notes/a.txt'],
    ['notes/old/../a.txt', 'notes/a.txt'],
    ['notes/../notes/./a.txt', 'notes/a.txt'],
    ['../files/notes/a.txt', 'notes/a.txt'],
    ['in', 'notes/a.txt'],
    ['a.txt/../a.txt', 'a.txt'],
    ['up/../a.txt', 'a.txt'],
    ['up/files/a.txt', 'a.txt'],
    ['notes/%2e%2e', 'notes/%2e%2e'],
    ['notes/..b', 'notes/..b'],
  ])('%s is %s', (path, expected) => {
    expect(canonical(path)).toBe(expected)
    expect(canonicalPathIn(join(home, 'link-to-files'))(path)).toBe(expected)
    expect(canonical(expected)).toBe(expected)
  })

  it.each([
    ['', 'not one of this folder'],
    ['.', 'not one of this folder'],
    ['..', 'not one of this folder'],
    ['../secret', 'not one of this folder'],
    ['../files-of-bob/a.txt', 'not one of this folder'],
    ['notes/../../secret', 'not one of this folder'],
    ['out', 'not one of this folder'],
    ['up', 'not one of this folder'],
    ['up/secret', 'not one of this folder'],
    ['/etc/passwd', 'not one of this folder'],
    ['notes\\a.txt', 'not one of this folder'],
    ['..\\secret', 'not one of this folder'],
    ['a.txt\0', 'not one of this folder'],
    [`${'x/../'.repeat(300)}a.txt`, 'not one of this folder'],
    ['loop', 'no such file'],
    ['%2e%2e/secret', 'no such file'],
    ['..%2fsecret', 'no such file'],
    ['..／secret', 'no such file'],
    ['notes/A.TXT', 'no such file'],
    ['notes/a.txt ', 'no such file'],
    ['a.txt/', 'no such file'],
  ])('%j is refused', (path, message) => {
    expect(() => canonical(path)).toThrow(message)
  })
})

describe('a site', () => {
  it.each([
    ['https://weather.example', 'https://weather.example'],
    ['https://weather.example/', 'https://weather.example'],
    ['HTTPS://Weather.EXAMPLE:443/a/../b?x#y', 'https://weather.example'],
    ['https:weather.example', 'https://weather.example'],
    ['https://weather.example:8443', 'https://weather.example:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://ｗeather.example', 'https://weather.example'],
    ['https://we%61ther.example', 'https://weather.example'],
    ['https://0x7f.1', 'https://127.0.0.1'],
    ['https://2130706433', 'https://127.0.0.1'],
    [' https://weather.example\n', 'https://weather.example'],
  ])('%j is %s', (text, expected) => {
    expect(canonicalSite(text)).toBe(expected)
    expect(canonicalSite(expected)).toBe(expected)
  })

  it.each([
    '',
    'weather.example',
    'http://weather.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://weather.example@evil.example',
    'https://weather.example:x@evil.example',
    'https://weather.example.',
    'https://',
    `https://weather.example/${'a'.repeat(2048)}`,
  ])('%j is refused', (text) => {
    expect(() => canonicalSite(text)).toThrow(/^The site must/)
  })
})
