import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Config } from '../../config/config.js'
import { groupId } from '../../config/group.js'
import { type CheckResult, fail, ok } from './check-result.js'

/** Proves that results and state can be written. */
export async function checkFolders(config: Config): Promise<CheckResult[]> {
  const { root, group } = config.results
  return Promise.all([
    checkWritable('results', root),
    checkWritable('state', config.state),
    ...(group === undefined ? [] : [checkGroup(group)]),
  ])
}

async function checkWritable(subject: string, folder: string): Promise<CheckResult> {
  const probe = join(folder, `.check-${randomBytes(4).toString('hex')}`)
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(probe, '')
    await rm(probe)
    return ok(subject, `${folder} can be written`)
  } catch (error) {
    const message = `${folder} can't be written (${(error as Error).message}); give this user the right to, or choose another`
    return fail(subject, message)
  }
}

async function checkGroup(group: string | number): Promise<CheckResult> {
  try {
    return ok('group', `${group} is ${await groupId(group)}`)
  } catch (error) {
    return fail('group', (error as Error).message)
  }
}
