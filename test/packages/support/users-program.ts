/** An action of the user's own. */
export const action = `import { defineAction } from '@prompt-papermill/core'

export default defineAction({
  name: 'logbook',
  async run(run, { parameters, resultsDir }) {
    const { writeFile } = await import('node:fs/promises')
    await writeFile(\`\${resultsDir}/entry.txt\`, \`\${parameters.book}: scan \${run.start.scan_id}\`)
    return { state: 'succeeded' }
  },
})
`

/** A program of the user's own: core's router with the action, and everything that the packages export. */
export const program = `import { type JobStatus, isEndState, replay, RunRouter } from '@prompt-papermill/core'
import { DocumentRouter } from '@prompt-papermill/core/documents'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { TiledClient } from '@prompt-papermill/core/tiled'
import { papermill } from '@prompt-papermill/papermill-runner'
import { configSchema, makeConfig } from '@prompt-papermill/worker'

import logbook from './action.js'

const router = new RunRouter([], { results: { root: 'results' }, documents: 'documents' })
router.on({ when: { plan_name: 'count' } }, { action: logbook, parameters: { book: 'beamline' } })
const ended: JobStatus[] = []
router.queue.events.on('status', (status) => {
  if (isEndState(status.state)) ended.push(status)
})
const recording = process.argv[2]
if (recording === undefined) {
  for (const message of makeRunDocuments({ plan_name: 'count' }).messages) router.dispatch(message)
} else {
  const source = replay(recording)
  source.subscribe(router)
  await source.start()
  await source.finished()
}
await router.settled()
const config = makeConfig({ templates: '/tmp/templates', results: '/tmp/results' })
const known = [DocumentRouter, TiledClient, papermill, configSchema].every((one) => one !== undefined)
console.log(JSON.stringify([ended.map(({ state }) => state.state), known, config.concurrency]))
`

/** A config for the command. */
export const config = `
source: { address: "127.0.0.1:1" }
templates: templates
results: results
http: false
actions: { logbook: ./out/action.js }
rules:
  - name: counted
    when: { plan_name: count }
    actions: [{ use: logbook, parameters: { book: beamline } }]
`
