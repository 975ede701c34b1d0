import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes a launcher that is a shell script; `"$@"` in it is what it is to start. */
export async function shellLauncher(folder: string, source: string): Promise<readonly string[]> {
  const path = join(folder, 'launcher')
  await writeFile(path, `#!/bin/sh\n${source}\n`)
  await chmod(path, 0o755)
  return [path]
}
