import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** A file that an attempt left. */
export interface Artifact {
  /** Path below the attempt's folder, with `/`. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly sha256: string
}

/** How many artifacts a manifest lists at most. */
const maxArtifacts = 10_000

/**
 * The files in an attempt's folder, sorted by name. Links are not followed, so that nothing outside is
 * read or named.
 *
 * @returns the artifacts, and whether there were more than a manifest lists.
 */
export async function listArtifacts(
  folder: string,
): Promise<{ artifacts: readonly Artifact[]; truncated: boolean }> {
  const artifacts: Artifact[] = []
  for await (const path of filesBelow(folder)) {
    if (artifacts.length === maxArtifacts) return { artifacts, truncated: true }
    const { size } = await lstat(path)
    artifacts.push({ name: relative(folder, path), size, sha256: await hashFile(path) })
  }
  artifacts.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { artifacts, truncated: false }
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function* filesBelow(folder: string): AsyncGenerator<string, void, undefined> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}
