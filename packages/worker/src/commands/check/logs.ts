import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import type { Config } from '../../config/config.js'
import { type CheckResult, fail, ok, warn } from './check-result.js'

/** What of a deployment names files for logs, below the folder above the config's, as `init` writes them. */
const files = [
  {
    path: 'supervisor/conf.d/papermill-worker.conf',
    line: /^std(?:out|err)_logfile=(?<log>\/.*)$/gmu,
  },
  {
    path: 'systemd/papermill-worker.service',
    line: /^Standard(?:Output|Error)=append:(?<log>\/.*)$/gmu,
  },
]

/**
 * Proves that the folders of the logs are there, where the config is part of a deployment that `init` wrote: neither
 * supervisor nor systemd makes them, and without them the worker does not start.
 */
export async function checkLogs({ file }: Config): Promise<CheckResult[]> {
  const prefix = dirname(dirname(file))
  const found = await Promise.all(
    files.map(async ({ path, line }) => {
      const text = await readFile(join(prefix, path), 'utf8').catch(() => '')
      return [...text.matchAll(line)].map(({ groups }) => dirname(groups?.log ?? ''))
    }),
  )
  return Promise.all([...new Set(found.flat())].map(checkFolder))
}

async function checkFolder(folder: string): Promise<CheckResult> {
  try {
    if (!(await stat(folder)).isDirectory()) return fail('logs', `${folder} is no folder`)
  } catch (error) {
    const why = (error as Error).message
    return fail('logs', `${folder} can't be seen (${why}); make it, or the worker is not started`)
  }
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (writable) return ok('logs', folder)
  return warn('logs', `${folder} can't be written by this user, only by a supervisor that may`)
}
