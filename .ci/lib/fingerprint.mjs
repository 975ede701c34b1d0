import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { at } from './paths.mjs'

/**
 * One short text for the names and contents of files, to see later whether any has changed.
 *
 * @param paths files and folders, relative to the checkout; a missing one counts as missing
 * @param extra other things that the outcome depends on
 */
export function fingerprint(paths, extra = {}) {
  const hash = createHash('sha256').update(JSON.stringify(extra))
  for (const path of paths.flatMap(filesIn)) {
    const content = existsSync(at(path)) ? readFileSync(at(path)) : 'missing'
    hash.update(`\0${path}\0`).update(content)
  }
  return hash.digest('hex')
}

function filesIn(path) {
  if (!existsSync(at(path)) || !statSync(at(path)).isDirectory()) return [path]
  return readdirSync(at(path))
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}
