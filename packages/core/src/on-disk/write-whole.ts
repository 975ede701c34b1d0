import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file so that a reader sees all of it or none: under another name first, then renamed. It is on
 * the disk when this resolves.
 *
 * @param path - the file, in a folder that exists; one that is there already is replaced
 * @throws the file system's own error; nothing of the new file is left then.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 *
 * import { writeWhole } from '@prompt-papermill/core'
 *
 * await writeWhole('/tmp/summary.json', '{"peaks":3}')
 * console.log(await readFile('/tmp/summary.json', 'utf8')) // {"peaks":3}
 * ```
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
  try {
    {
      await using file = await open(partial, 'wx')
      await file.writeFile(text)
      await file.sync()
    }
    await rename(partial, path)
    // without this the name may be lost with the power, though the bytes are not
    await using folder = await open(dirname(path))
    await folder.sync()
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
