import { join, resolve } from 'node:path'

import { CommandError } from '../command-error.js'
import { existingFiles, logFolder, writeDeployment } from './deployment.js'

/** Options of `init`. */
export interface InitOptions {
  readonly prefix?: string
  readonly force?: boolean
}

/** `prompt-papermill init`: writes a deployment. */
export async function init(given: string, options: InitOptions): Promise<number> {
  const dir = resolve(given)
  const prefix = (options.prefix ?? dir).replace(/(?<=.)\/+$/u, '')
  if (!/^\/[\w./+@-]*$/u.test(prefix)) {
    throw new CommandError(
      `--prefix must be an absolute path of letters, digits and _ . / + @ -; it is "${prefix}"`,
      2,
    )
  }
  const existing = await existingFiles({ dir, prefix })
  if (existing.length > 0 && !options.force) {
    throw new CommandError(
      `${dir} has ${existing.join(', ')} already; choose another folder, or --force to overwrite`,
    )
  }
  const written = await writeDeployment({ dir, prefix })
  const at = (path: string): string => join(prefix, path)
  const steps = [
    ...written.map((path) => `wrote ${join(dir, path)}`),
    '',
    ...(dir === prefix ? [] : [`Copy what is in ${dir} to ${prefix}. Then:`]),
    `1. Make the environment: conda env create -p ${at('conda_envs/papermill-worker')} -f ${at('environment.yml')}`,
    `   (or: python3 -m venv ${at('conda_envs/papermill-worker')} && ${at('conda_envs/papermill-worker/bin/pip')} install -r ${at('requirements.txt')})`,
    `   and install the worker into it, from its three packages: npm install --global --prefix ${at('conda_envs/papermill-worker')} PACKAGES/*.tgz`,
    `2. Put your notebooks into ${at('papermill/templates')}; see ${at('papermill/worker.yml')}`,
    `3. Prove it: prompt-papermill check -c ${at('papermill/worker.yml')}`,
    `4. Have supervisor include ${at('supervisor/conf.d/*.conf')}, then: supervisorctl update`,
    `   Logs: ${logFolder(prefix)}/papermill-worker.stderr.log`,
  ]
  process.stdout.write(`${steps.join('\n')}\n`)
  return 0
}
