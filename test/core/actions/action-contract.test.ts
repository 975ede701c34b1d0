import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

import { defineAction } from '@prompt-papermill/core'
import { describeAction, makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

const framework = { describe, expect, it }
const makeResultsDir = temporaryFolder

const summary = defineAction({
  name: 'summary',
  async run(run, { resultsDir, parameters, signal, logger, progress }) {
    progress({ step: 1, of: 1, event: 'started' })
    await wait(20, undefined, { signal })
    const { title } = parameters
    const text = JSON.stringify({ title, uid: run.start.uid, events: run.events })
    await writeFile(join(resultsDir, 'summary.json'), text, { flag: 'wx' })
    logger.info({ uid: run.uid }, 'summarized')
    return { state: run.complete ? 'succeeded' : 'no-data', details: { title } }
  },
})

describeAction(framework, 'summary', () => ({
  action: summary,
  makeResultsDir,
  parameters: { title: 'Si' },
}))

describeAction(framework, 'summary of a run without its stop', () => ({
  action: summary,
  makeResultsDir,
  messages: makeRunDocuments().messages.slice(0, -1),
  state: 'no-data',
}))
