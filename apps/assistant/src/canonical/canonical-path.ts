import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'

const MAX_LENGTH = 1024

/**
 * Returns what makes the path of a file canonical: its one spelling below a folder, with `/`, in the case that the file system
 * has, and with no link in it. So two spellings of one file are one object, and one that leaves the folder is none.
 *
 * @param folder - The folder; a link to it is followed once, now.
 * @returns A function from a path below the folder, to that spelling. It throws an `Error` for a path that leaves the folder, or
 *   that is of no file.
 */
export function canonicalPathIn(folder: string): (path: string) => string {
  const root = realpathSync.native(folder)
  return (path) => {
    // A percent sign is a character of a name here, and a backslash separates on some systems alone.
    if (path === '' || path.length > MAX_LENGTH || path.includes('\0') || path.includes('\\') || isAbsolute(path))
      throw new Error('The path is not one of this folder')
    let real: string
    try {
      real = realpathSync.native(join(root, path))
    } catch {
      throw new Error('There is no such file')
    }
    const inside = relative(root, real)
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      throw new Error('The path is not one of this folder')
    return inside.split(sep).join('/')
  }
}
