import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { BlueskyError, RemoteDispatcher, replay } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { dispatching, publishing, stopped } from '../../support/dispatching.js'
import { frameOf } from '../../support/frames.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { messages } = makeRunDocuments({ events: { primary: 2 } })
const frames = messages.map((message) => frameOf(message))

describe('a RemoteDispatcher', () => {
  it('takes frames of exactly its prefix, and counts the others', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher, { prefix: 'jpls' })
    const ignored: string[] = []
    dispatcher.on('ignored', (prefix) => ignored.push(prefix))
    const last = stopped(dispatcher)
    const prefixes = ['jplsx', 'jpl', 'JPLS', 'other', '']
    await publisher.send([
      ...prefixes.map((prefix) => frameOf(messages[0]!, prefix)),
      ...messages.map((message) => frameOf(message, 'jpls')),
    ])
    await last
    expect(ignored).toEqual(prefixes)
    expect(dispatcher.counts).toMatchObject({ documents: messages.length, ignored: 5, dropped: 0 })
  })

  it('takes only frames without a prefix if it has none, and all if that is null', async () => {
    const publisher = await publishing()
    const [none, any] = [
      await dispatching(publisher),
      await dispatching(publisher, { prefix: null }),
    ]
    const last = Promise.all([stopped(none), stopped(any)])
    await publisher.send([frameOf(messages[0]!, 'jpls'), ...frames], 2)
    await last
    expect(none.counts).toMatchObject({ documents: messages.length, ignored: 1 })
    expect(any.counts).toMatchObject({ documents: messages.length + 1, ignored: 0 })
  })

  it('drops what it can not use, says why, and goes on', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const dropped: unknown[] = []
    dispatcher.on('dropped', ({ reason, name }) => dropped.push([reason, name]))
    const last = stopped(dispatcher)
    await publisher.send([
      'no spaces',
      ' start \u0000\u0001',
      ' start {}',
      ' nonsense {"uid": "a"}',
      ' start (((((((((',
      ...frames,
    ])
    await last
    expect(dropped).toEqual([
      ['bad-frame', null],
      ['bad-payload', 'start'],
      ['invalid', 'start'],
      ['unknown-name', 'nonsense'],
      ['bad-payload', 'start'],
    ])
    expect(dispatcher.counts.documents).toBe(messages.length)
  })

  it('loses nothing of a burst while its reader is slow', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const events = 20_000
    const run = makeRunDocuments({ events: { primary: events } })
    let lost = 0
    dispatcher.on('overflow', (count) => (lost += count))
    const seqNums: number[] = []
    const reading = (async () => {
      for await (const { name, doc } of dispatcher) {
        if (name === 'event') seqNums.push(doc.seq_num)
        if (name === 'stop') return
        // blocks the loop now and then, as a notebook in Python's dispatcher does
        if (seqNums.length % 5000 === 4999) blockFor(100)
      }
    })()
    await publisher.send(run.messages.map((message) => frameOf(message)))
    await reading
    expect(lost).toBe(0)
    expect(seqNums.length).toBe(events)
    expect(seqNums.every((seqNum, i) => seqNum === i + 1)).toBe(true)
  })

  it('lets timers have their turn in a burst', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const run = makeRunDocuments({ events: { primary: 10_000 } })
    const sent = run.messages.map((message) => frameOf(message))
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    const ended = stopped(dispatcher)
    await publisher.send(sent)
    last = performance.now()
    await ended
    clearInterval(timer)
    expect(longest).toBeLessThan(250)
  })

  it('hands out the frames themselves too, and survives who fails on them', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const tapped: number[] = []
    const errors: unknown[] = []
    dispatcher.on('subscriber-error', (error) => errors.push(error))
    dispatcher.onFrame((frame) => {
      tapped.push(frame.length)
      throw new Error('the disk is full')
    })
    const last = stopped(dispatcher)
    await publisher.send(frames)
    await last
    expect(tapped).toEqual(frames.map(({ length }) => length))
    expect(errors.length).toBe(frames.length)
    expect(dispatcher.counts.documents).toBe(frames.length)
  })
})

describe("a RemoteDispatcher's options", () => {
  it.each([0, -1, 1.5, NaN])('refuse a backlog of %s', (backlog) => {
    expect(() => new RemoteDispatcher('localhost:1', { backlog })).toThrow(
      `backlog must be at least 1; it is ${backlog}`,
    )
  })

  it('refuse an unknown decoder', () => {
    const options = { decoder: 'yaml' as never }
    expect(() => new RemoteDispatcher('localhost:1', options)).toThrow('no decoder "yaml"')
    expect(() => replay('run.frames', options)).toThrow('no decoder "yaml"')
  })

  it('refuse certificates that can not be read, and say which and why', async () => {
    const folder = await temporaryFolder()
    const [secret, server] = [join(folder, 'client.key_secret'), join(folder, 'server.key')]
    const dispatcher = new RemoteDispatcher('localhost:1', { curve: { secret, server } })
    await expect(dispatcher.start()).rejects.toThrow(`${secret} can't be read`)
    await writeFile(secret, 'curve\n    public-key = "short"\n')
    await writeFile(server, `curve\n    public-key = "${'x'.repeat(40)}"\n`)
    const failing = dispatcher.start()
    await expect(failing).rejects.toBeInstanceOf(BlueskyError)
    await expect(failing).rejects.toThrow(`${secret} has no public-key`)
    await writeFile(secret, `curve\n    public-key = "${'x'.repeat(40)}"\n`)
    await expect(dispatcher.start()).rejects.toThrow(`${secret} has no secret-key`)
  })
})

/** Does what nothing should do in a program that receives. */
function blockFor(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}
