import { type FaultRule, type PolicyFault, STRICTER_RULES } from '../policy-fault.ts'
import type { Document, Path } from './document.ts'

/** So many of each severity are kept. A file of ten megabytes may have a million. */
const MAX_FAULTS = 1000

/** Collects faults, so that all of them are reported at once. */
export class Faults {
  readonly #compat: boolean
  readonly #faults: PolicyFault[] = []
  /** By severity, because a thousand warnings must not hide an error. */
  readonly #counts = { error: 0, warning: 0 }

  constructor(compat: boolean) {
    this.#compat = compat
  }

  /** All faults, in the order of the files and of their lines. */
  get all(): readonly PolicyFault[] {
    const files = [...new Set(this.#faults.map(({ file }) => file))]
    const place = ({ file, line = 0 }: PolicyFault) => [files.indexOf(file), line] as const
    return this.#faults.toSorted((one, other) => {
      const [[file, line], [otherFile, otherLine]] = [place(one), place(other)]
      return file === otherFile ? line - otherLine : file - otherFile
    })
  }

  get errors(): readonly PolicyFault[] {
    return this.#faults.filter(({ severity }) => severity === 'error')
  }

  get warnings(): readonly PolicyFault[] {
    return this.all.filter(({ severity }) => severity === 'warning')
  }

  addFault(fault: PolicyFault): void {
    this.#faults.push(fault)
  }

  add(rule: FaultRule, { document, path, object, unknownToHessra }: Place, message: string): void {
    const stricter = (STRICTER_RULES as readonly string[]).includes(rule)
    const severity = stricter && this.#compat && unknownToHessra !== true ? 'warning' : 'error'
    this.#counts[severity]++
    if (this.#counts[severity] > MAX_FAULTS) return
    const key = keyText(path)
    const line = document.lineOf(path)
    this.#faults.push(Object.freeze({ rule, severity, message, file: document.file, line, object, key }))
  }
}

/** Where in which document something is. */
export interface Place {
  readonly document: Document
  readonly path: Path
  /** The `id` of the object, target or rule that it belongs to. */
  readonly object: string | undefined
  /** Whether it is in a section that the Hessra open core does not have. There nothing is let pass. */
  readonly unknownToHessra?: boolean | undefined
}

/** The place of a member. */
export function within(place: Place, ...path: Path): Place {
  return { ...place, path: [...place.path, ...path] }
}

/** `capabilities[0].target`: without the list of objects and the index in it. */
function keyText(path: Path): string | undefined {
  const [, index, ...rest] = path
  const keys = typeof index === 'number' ? rest : path
  if (keys.length === 0) return undefined
  return keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}`))
    .join('')
    .replace(/^\./, '')
}
