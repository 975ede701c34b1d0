import { readFile } from 'node:fs/promises'

import { execa } from 'execa'

/**
 * The numeric id of a group that is given by name or number.
 *
 * @throws Error if there is no group of that name.
 */
export async function groupId(group: string | number | undefined): Promise<number | undefined> {
  if (group === undefined || typeof group === 'number') return group
  // getent also knows the groups of a directory service
  const { stdout } = await execa('getent', ['group', group], { reject: false })
  const entries = stdout || (await readFile('/etc/group', 'utf8'))
  const entry = entries.split('\n').find((line) => line.startsWith(`${group}:`))
  const gid = Number(entry?.split(':')[2])
  if (Number.isInteger(gid)) return gid
  throw new Error(`results.group: there is no group "${group}"`)
}
