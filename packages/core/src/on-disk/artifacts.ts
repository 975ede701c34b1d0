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
  readonly sha256: string
}

/** How many artifacts a manifest lists at most. */
const maxArtifacts = 10_000

/**
 * The files in an attempt's folder, sorted by name; without the manifest. Links are not followed, so that
 * nothing outside is read or named. A file that goes while this looks, as an attempt's stray child may remove
 * it, is left out.
 *
 * @returns the artifacts, and whether there were more than a manifest lists.
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

/** SHA-256 of a file, in hexadecimal. */
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
