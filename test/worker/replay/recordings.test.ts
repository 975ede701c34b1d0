import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { toPlainJson } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { recordingsAt } from '../../../packages/worker/src/commands/recordings.ts'
import type { ReplayEvent } from '../../../packages/worker/src/replay/replay-event.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { vectorPath } from '../../support/vectors.ts'
import { Operated } from '../operations/support.ts'

/** A folder with a run as suitcase-jsonl, as JSONLinesWriter and as frames, one of them deeper. */
async function recordings(): Promise<{ folder: string; uids: string[] }> {
  const folder = await temporaryFolder()
  const [suitcase, writer] = [makeRunDocuments(), makeRunDocuments()]
  const lines = (all: readonly unknown[]): string =>
    all.map((one) => `${toPlainJson(one)}\n`).join('')
  await mkdir(join(folder, 'deeper'))
  await writeFile(
    join(folder, 'a.jsonl'),
    lines(suitcase.messages.map(({ name, doc }) => [name, doc])),
  )
  await writeFile(join(folder, 'deeper', 'b.jsonl'), lines(writer.messages))
  await copyFile(vectorPath('reflection_scan', 'frames'), join(folder, 'c.frames'))
  await writeFile(join(folder, '.hidden'), 'no recording')
  await writeFile(join(folder, 'd.jsonl.1234.partial'), 'being written')
  return { folder, uids: [suitcase.uid, writer.uid] }
}

describe('a folder of recordings', () => {
  it('is replayed whole, in each of the formats', async () => {
    const { folder, uids } = await recordings()
    const files = await recordingsAt([folder])
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
      'a.jsonl',
      'c.frames',
      'deeper/b.jsonl',
    ])
    const { worker } = await Operated.start()
    const events: ReplayEvent[] = []
    await worker.replay(files, { rerun: false }, (event) => events.push(event))
    const decided = events.flatMap((event) => (event.event === 'decided' ? [event.uid] : []))
    expect(decided).toHaveLength(3)
    expect(decided).toEqual(expect.arrayContaining(uids))
    const states = events.flatMap((event) => (event.event === 'job' ? [event.job.state] : []))
    expect(states).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  it('goes on behind a file that is no recording, and names it', async () => {
    const { folder } = await recordings()
    await writeFile(join(folder, 'b.txt'), 'notes of the night\n')
    const { worker } = await Operated.start()
    const events: ReplayEvent[] = []
    const replayed = worker.replay(await recordingsAt([folder]), { rerun: false }, (event) =>
      events.push(event),
    )
    await expect(replayed).rejects.toThrow(/b\.txt is neither a recording of frames nor JSONL/u)
    expect(events.filter(({ event }) => event === 'decided')).toHaveLength(3)
  })

  it('is refused if it is empty or not there', async () => {
    const folder = await temporaryFolder()
    await expect(recordingsAt([folder])).rejects.toThrow(/has no file in it/u)
    await expect(recordingsAt([join(folder, 'x')])).rejects.toThrow(/can't be read; is its name/u)
  })

  it('needs a data server for runs since a time', async () => {
    const { worker } = await Operated.start()
    const since = '2026-11-23T00:00:00.000Z'
    await expect(worker.replay([], { rerun: false, since }, () => undefined)).rejects.toThrow(
      /there is none in the config/u,
    )
  })
})
