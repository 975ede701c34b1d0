import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { cli, command, temporaryFolder } from './command-line.ts'
import { freePort } from './bluesky-proxy.ts'
import { python } from './python.ts'

/** What `init` wrote, in its place: with an environment that has the worker and papermill. */
export interface InstalledDeployment {
  readonly folder: string
  /** What `init` said to do next. */
  readonly said: string
  readonly config: string
  /** The port of its HTTP. */
  readonly port: number
}

/**
 * Writes a deployment as `init` does, and makes what its first step asks for: an environment with Python and the
 * command.
 *
 * @param source - where documents come from, in place of the proxy that the config names.
 * @param more - lines of YAML, and what they take from the environment as `secrets.env` has it.
 */
export async function installDeployment(
  source: string,
  more: { readonly config?: string; readonly secrets?: string } = {},
): Promise<InstalledDeployment> {
  const folder = temporaryFolder()
  const { exitCode, stdout, stderr } = await command(['init', folder, '--prefix', folder])
  if (exitCode !== 0) throw new Error(stderr)
  const bin = join(folder, 'conda_envs/papermill-worker/bin')
  await mkdir(bin, { recursive: true })
  await executable(join(bin, 'python'), `exec "${python}" "$@"`)
  await executable(join(bin, 'prompt-papermill'), `exec "${process.execPath}" "${cli}" "$@"`)
  const config = join(folder, 'papermill/worker.yml')
  const port = await freePort()
  const text = await readFile(config, 'utf8')
  const own = `${text.replace('localhost:5578', source)}\nhttp: { port: ${port} }\n`
  await writeFile(config, own + (more.config ?? ''))
  if (more.secrets !== undefined) {
    await writeFile(join(folder, 'papermill/secrets.env'), more.secrets, { mode: 0o600 })
  }
  return { folder, said: stdout, config, port }
}

async function executable(path: string, line: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${line}\n`)
  await chmod(path, 0o755)
}
