import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

import { NotStarted } from './result.js'

/** A template as it is on disk at one moment: what ran is what was hashed. */
export interface Template {
  readonly path: string
  readonly text: string
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string
}

/** Reads a template; throws {@link NotStarted}. Whether it is a notebook is for nbformat to judge, which knows all versions. */
export async function readTemplate(path: string): Promise<Template> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : message
    throw new NotStarted(`the template ${path} can't be read: ${reason}`, { cause: error })
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), sha256 }
  } catch (error) {
    throw new NotStarted(`the template ${path} is not a notebook: it is not UTF-8`, {
      cause: error,
    })
  }
}
