import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Authority } from '../create-authority.ts'

/** The file with the secret of the first administrator, in the data folder. */
const FILE = 'first-secret'

/**
 * Makes an enrolment secret for the first administrator, in a file that nobody else can read. Where that file exists,
 * another start has made it.
 *
 * @returns The path; `undefined` if the file exists, or if the policy does not know the administrator.
 */
export async function writeFirstSecret(
  authority: Authority,
  admin: string,
  folder: string,
): Promise<string | undefined> {
  const path = join(folder, FILE)
  const file = await open(path, 'wx', 0o600).catch((error) => {
    if (error.code === 'EEXIST') return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    const { secret } = await authority.enrol({ subject: admin })
    await file.writeFile(`${secret}\n`)
    await file.sync()
    return path
  } catch (error) {
    await rm(path, { force: true })
    if ((error as { code?: unknown }).code === 'unknown_subject') return undefined
    throw error
  } finally {
    await file.close()
  }
}
