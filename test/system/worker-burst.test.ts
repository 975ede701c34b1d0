import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  Deployment,
  emptyNotebook,
  ended,
  publisher,
  startJoined,
  temporaryFolder,
} from '../support/command-line.ts'
import { asAnotherRun, framesOf } from '../support/frame-publisher.ts'

describe('the worker in a burst', () => {
  it(
    'analyses 120 runs that come at 4,000 documents a second, once each',
    { timeout: 400_000 },
    async () => {
      const from = await publisher()
      const templates = temporaryFolder()
      await writeFile(join(templates, 'reflection_scan.ipynb'), emptyNotebook)
      const deployment = new Deployment(
        `source: { address: "${from.address}" }\nhttp: false\nkernels: { warm: 2, fork: true, preload: [] }`,
        templates,
      )
      await startJoined(deployment, from)
      const recorded = framesOf('reflection_scan')
      const runs = Array.from({ length: 120 }, () => asAnotherRun(recorded))
      await from.send(runs.flat(), 4000)
      const jobs = await deployment.jobsWhen(ended(120), 360)
      expect(jobs.filter(({ state }) => state === 'succeeded')).toHaveLength(120)
      expect(new Set(jobs.map(({ uid }) => uid)).size).toBe(120)
      expect(jobs.every(({ attempt }) => attempt === 1)).toBe(true)
      const known = await deployment.runs()
      expect(known.filter(({ complete, documents }) => complete && documents === 14)).toHaveLength(
        120,
      )
    },
  )
})
