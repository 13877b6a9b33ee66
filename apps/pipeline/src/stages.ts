import { fileURLToPath } from 'node:url'

/** A job of the pipeline. */
export interface Stage {
  /** By which the policy knows it. */
  readonly name: string
  /** The module that is run, as a process of its own. */
  readonly script: string
  /** The names of stages that must have succeeded. */
  readonly needs: readonly string[]
  /** The only branch on which it runs. Default: all. */
  readonly only?: string
}

const scriptOf = (name: string) => fileURLToPath(new URL(`jobs/${name}.js`, import.meta.url))

export const STAGES: readonly Stage[] = [
  { name: 'build', script: scriptOf('build'), needs: [] },
  { name: 'test', script: scriptOf('test'), needs: ['build'] },
  { name: 'publish', script: scriptOf('publish'), needs: ['test'], only: 'main' },
  { name: 'deploy', script: scriptOf('deploy'), needs: ['publish'], only: 'main' },
]
