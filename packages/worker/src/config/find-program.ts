import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** The file of a program that may be executed: the path itself, or found on the PATH; null: there is none. */
export async function findProgram(program: string): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = program.includes('/') ? [program] : folders.map((folder) => join(folder, program))
  for (const path of paths) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return path
  }
  return null
}
