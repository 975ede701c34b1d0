import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { packageFolder } from './package-folder.js'

/** The version of this package, from its own package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(packageFolder(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
