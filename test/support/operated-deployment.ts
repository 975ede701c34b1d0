import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { JobRow } from '../../packages/worker/src/ledger/rows.ts'
import { Deployment, publisher } from './command-line.ts'
import { asAnotherRun, framesOf } from './frame-publisher.ts'

/** The frames of a run that was not there before. */
export const run = (): Buffer[] => asAnotherRun(framesOf('reflection_scan'))

/** A rule that has every run acted on, at once. */
export const all = 'rules: [{ name: all, when: {}, actions: [{ use: quick }] }]'

export const states = (jobs: readonly JobRow[]): string[] => jobs.map(({ state }) => state)

/** An action that ends at once, as a CommonJS module, and one that ends when the file `go-ENTRY` is there. */
export const quick = `module.exports = { name: 'quick', run: async () => ({ state: 'succeeded' }) }\n`
const held = `
import { access } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
export default {
  name: 'held',
  async run(_, { job }) {
    for (;;) {
      const there = await access(new URL('go-' + job.entry, import.meta.url)).then(() => true, () => false)
      if (there) return { state: 'succeeded' }
      await setTimeout(20)
    }
  },
}
`

/** A deployment with these actions, whose documents come from a publisher of the test's own. */
export async function deploymentWith(extra: string, templates?: string) {
  const from = await publisher()
  const head = `source: { address: "${from.address}" }\nhttp: false\nkernels: { warm: 0 }\n`
  const deployment = new Deployment(
    `${head}actions: { quick: ./quick.cjs, held: ./held.mjs }\n${extra}`,
    templates,
  )
  await writeFile(join(deployment.folder, 'quick.cjs'), quick)
  await writeFile(join(deployment.folder, 'held.mjs'), held)
  const rewrite = async (rules: string): Promise<void> => {
    deployment.write(`${head}actions: { quick: ./quick.cjs, held: ./held.mjs }\n${rules}`)
    await deployment.written
  }
  return { deployment, from, rewrite }
}
