import {
  defineAction,
  type Entry,
  previewEntry,
  type Rule,
  RunRouter,
} from '@prompt-papermill/core/documents'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { runOf } from '../../support/runs.js'

const action = defineAction({ name: 'note', run: () => Promise.resolve({ state: 'succeeded' }) })
const entry: Entry = {
  name: 'fine',
  action,
  template: '/templates/fine.ipynb',
  parameters: { plan: '$start.plan_name' },
}
const rule: Rule = { name: 'all', when: {}, exitStatus: ['success'], entries: [entry] }
const lacking: Entry = { ...entry, parameters: { plan: '$start.gone' } }
const failed = makeRunDocuments({ exit_status: 'fail' }).messages
const skipped = {
  state: 'skipped',
  reason: 'exit-status',
  message: 'the run ended with fail; analysed is success',
}
const notStarted = {
  state: 'failed',
  reason: 'not-started',
  message:
    'this run has no value for the parameter plan ($start.gone); give a default with { ref: …, default: … }',
}

describe('what an entry comes to for a run', () => {
  it('is its names and its parameters with their values', () => {
    expect(previewEntry(runOf(makeRunDocuments().messages), rule, entry)).toEqual({
      entry: 'fine',
      action: 'note',
      template: '/templates/fine.ipynb',
      parameters: { plan: 'count' },
      decided: null,
    })
  })

  it('is nothing where the exit status is not asked for, and that is not known before the stop', () => {
    expect(previewEntry(runOf(failed), rule, entry).decided).toEqual(skipped)
    expect(previewEntry(runOf(failed.slice(0, -1)), rule, entry).decided).toBe(null)
  })

  it('is a failure where a parameter has no value', () => {
    const preview = previewEntry(runOf(failed.slice(0, -1)), rule, lacking)
    expect(preview).toMatchObject({ parameters: null, decided: notStarted })
    // what is skipped lacks nothing
    expect(previewEntry(runOf(failed), rule, lacking).decided).toEqual(skipped)
  })

  it('is what becomes of the job', async () => {
    const router = new RunRouter()
    router.setRules([{ ...rule, entries: [entry, { ...lacking, name: 'lacking' }] }])
    const jobs: unknown[] = []
    router.events.on('decided', (decision) => jobs.push(...decision.jobs))
    for (const messages of [failed, makeRunDocuments().messages]) {
      for (const message of messages) router.dispatch(message)
      await router.settled()
    }
    expect(jobs).toMatchObject([
      { entry: 'fine', template: '/templates/fine.ipynb', decided: skipped },
      { entry: 'lacking', decided: skipped },
      { entry: 'fine', parameters: { plan: 'count' }, decided: null },
      { entry: 'lacking', parameters: {}, decided: notStarted },
    ])
  })
})
