// No file of the repository names a machine: no absolute path of a developer, no registry host.
import { homedir } from 'node:os'
import { output, read, report, root, tracked } from './support.mjs'

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const registry = output('npm', ['config', 'get', 'registry', '--no-workspaces']).trim().split('\n').at(-1)
const needles = [
  ['a path of this machine', new RegExp(escaped(root.replace(/\/$/, '')))],
  ['a home folder', new RegExp(`(?<![\\w.])(?:${escaped(homedir())}/|/(?:home|Users)/[a-z][\\w.-]*/)`)],
  ['a registry host', new RegExp(`registry\\.npmjs\\.${'org'}`)],
  ...(URL.canParse(registry) ? [['a registry host', new RegExp(escaped(new URL(registry).host))]] : []),
]

const problems = []
const files = tracked()
for (const path of files) {
  const text = read(path)
  // A binary file (a token sample, say) has no lines to show.
  if (text.includes('\0')) continue
  for (const [index, line] of text.split('\n').entries()) {
    for (const [what, needle] of needles) if (needle.test(line)) problems.push(`${path}:${index + 1} names ${what}`)
    if (path === 'pnpm-lock.yaml' && /https?:\/\/|tarball:/.test(line))
      problems.push(`${path}:${index + 1} pins an address`)
  }
}
report(problems, `${files.length} files name no machine`)
