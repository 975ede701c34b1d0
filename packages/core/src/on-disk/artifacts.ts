import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { manifestName } from './manifest-name.js'

/** A file that an attempt left. */
export interface Artifact {
  /** Path below the attempt's folder, with `/`. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string
}

/** How many artifacts a manifest lists at most. */
const maxArtifacts = 10_000

/**
 * The files in an attempt's folder, sorted by name; without the manifest. Links are not followed, so that
 * nothing outside is read or named. A file that goes while this looks, as an attempt's stray child may remove
 * it, is left out.
 *
 * @param folder - its path
 * @returns the artifacts, and as `truncated` whether there were more than the 10,000 that a manifest lists.
 * @throws the file system's own error if the folder can't be read.
 *
 * @example
 * ```ts
 * import { mkdir, writeFile } from 'node:fs/promises'
 *
 * import { listArtifacts } from '@prompt-papermill/core'
 *
 * await mkdir('/tmp/attempt-1/figures', { recursive: true })
 * await writeFile('/tmp/attempt-1/figures/peaks.csv', 'q,intensity\n')
 * const { artifacts } = await listArtifacts('/tmp/attempt-1')
 * console.log(artifacts.map(({ name, size }) => `${name}: ${size}`)) // [ 'figures/peaks.csv: 12' ]
 * ```
 */
export async function listArtifacts(
  folder: string,
): Promise<{ artifacts: readonly Artifact[]; truncated: boolean }> {
  const artifacts: Artifact[] = []
  let truncated = false
  for await (const path of filesBelow(folder)) {
    const name = relative(folder, path)
    if (name === manifestName) continue
    truncated = artifacts.length === maxArtifacts
    if (truncated) break
    const content = await unlessGone(digestFile(path))
    if (content) artifacts.push({ name, ...content })
  }
  artifacts.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { artifacts, truncated }
}

/**
 * SHA-256 of a file, in hexadecimal: what a manifest says of templates and artifacts, to be compared with.
 *
 * @throws the file system's own error if the file can't be read.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 *
 * import { hashFile } from '@prompt-papermill/core'
 *
 * await writeFile('/tmp/empty.csv', '')
 * console.log(await hashFile('/tmp/empty.csv'))
 * // e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
 * ```
 */
export async function hashFile(path: string): Promise<string> {
  return (await digestFile(path)).sha256
}

/** Size and hash of the same bytes, also of a file that grows meanwhile. */
async function digestFile(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path)) {
    size += (chunk as Buffer).length
    hash.update(chunk as Buffer)
  }
  return { size, sha256: hash.digest('hex') }
}

async function* filesBelow(folder: string): AsyncGenerator<string, void, undefined> {
  for (const entry of (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? []) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

async function unlessGone<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
