import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, vi } from 'vitest'

import { Operated } from './support.js'

describe('the next life of a worker', () => {
  it('knows the runs that are open, and counts their documents on', async () => {
    const operated = await Operated.start()
    const { uid, messages } = makeRunDocuments()
    const [start, descriptor, event, ...rest] = messages
    for (const message of [start!, descriptor!]) operated.worker.router.dispatch(message)
    await vi.waitFor(async () => {
      expect((await operated.worker.ledger.run(uid))?.run.descriptors.length).toBe(1)
    }, 10_000)
    await operated.restart()
    for (const message of [event!, ...rest]) operated.worker.router.dispatch(message)
    await operated.worker.router.settled()
    const { ledger } = operated.worker
    expect((await ledger.run(uid))?.run).toMatchObject({
      complete: true,
      events: { primary: messages.filter(({ name }) => name === 'event').length },
    })
    expect((await ledger.jobs({ uid })).rows).toMatchObject([{ state: 'succeeded', attempt: 1 }])
  })

  it('removes the torn documents that the one before left, and no others', async () => {
    const operated = await Operated.start()
    const documents = join(operated.folder, 'state/documents')
    await mkdir(documents, { recursive: true })
    const whole = ['a.jsonl', 'a.0123abcd.arrays']
    const torn = ['b.jsonl.4567cdef.partial', 'b.4567cdef.arrays.partial']
    for (const name of [...whole, ...torn]) await writeFile(join(documents, name), '')
    await operated.restart()
    expect((await readdir(documents)).sort()).toEqual(whole.sort())
  })
})
