import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { CommandError } from '../command-error.js'
import { packageFolder } from '../../package-folder.js'

/** A file of a deployment, as it is shipped with the package. */
interface DeploymentFile {
  /** Path below the deployment's folder. */
  readonly path: string
  readonly executable?: boolean
}

/** What a deployment consists of. */
const files: readonly DeploymentFile[] = [
  { path: 'papermill/worker.yml' },
  { path: 'papermill/templates/reflection_scan.ipynb' },
  { path: 'bluesky_workers/papermill-worker', executable: true },
  { path: 'supervisor/conf.d/papermill-worker.conf' },
  { path: 'systemd/papermill-worker.service' },
  { path: 'requirements.txt' },
  { path: 'environment.yml' },
]

/** Folders that the worker fills. */
const folders = ['papermill/results', 'papermill/state'] as const

/** Where a deployment is written, and what its paths start with once it is in its place. */
export interface DeploymentPlace {
  readonly dir: string
  readonly prefix: string
}

/** Where the logs go: the system's folder for the system's prefix, else below the prefix. */
export function logFolder(prefix: string): string {
  return prefix === '/opt' ? '/var/log' : join(prefix, 'log')
}

/** The paths, below the deployment's folder, of its files that are there already. */
export async function existingFiles({ dir }: DeploymentPlace): Promise<string[]> {
  const found = await Promise.all(
    files.map(({ path }) =>
      readFile(join(dir, path)).then(
        () => [path],
        () => [],
      ),
    ),
  )
  return found.flat()
}

/**
 * Writes a deployment.
 *
 * @returns the paths of what was written, below its folder.
 */
export async function writeDeployment(place: DeploymentPlace): Promise<string[]> {
  const { dir, prefix } = place
  const log = logFolder(prefix)
  for (const folder of folders) await mkdir(join(dir, folder), { recursive: true })
  if (log.startsWith(prefix)) await mkdir(join(dir, log.slice(prefix.length)), { recursive: true })
  for (const { path, executable = false } of files) {
    const target = join(dir, path)
    await mkdir(dirname(target), { recursive: true })
    const shipped = await readShipped(path)
    await writeFile(target, shipped.replaceAll('@PREFIX@', prefix).replaceAll('@LOG@', log))
    if (executable) await chmod(target, 0o755)
  }
  return files.map(({ path }) => path)
}

async function readShipped(path: string): Promise<string> {
  const file = join(packageFolder(), 'deploy', path)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CommandError(
      `this package lacks ${file} (${(error as Error).message}); install it again`,
    )
  }
}
