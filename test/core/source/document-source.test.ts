import type { DocumentMessage, Dropped, Invalid } from '@prompt-papermill/core'
import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, vi } from 'vitest'

const { messages } = makeRunDocuments({ events: { primary: 5 } })
const issue = { path: '$.time', keyword: 'type', message: 'must be number' }
const fail = (): never => {
  throw new Error('a mistake of the test')
}

async function started(backlog?: number): Promise<FakeSource> {
  const source = new FakeSource(backlog === undefined ? {} : { backlog })
  await source.start()
  return source
}

async function read(source: FakeSource): Promise<DocumentMessage[]> {
  const all: DocumentMessage[] = []
  for await (const message of source) all.push(message)
  return all
}

describe('a source', () => {
  it('tells of what it could not use, and counts it', async () => {
    const source = await started()
    const heard: unknown[] = []
    source.on('dropped', (dropped: Dropped) => heard.push(dropped.reason))
    source.on('ignored', (prefix) => heard.push(prefix))
    source.on('invalid', ({ issues }: Invalid) => heard.push(issues[0]?.path))
    source.on('document', ({ name }) => heard.push(name))
    source.drop({ reason: 'too-deep' })
    source.ignore('other')
    source.sendInvalid(messages[0]!, [issue])
    expect(heard).toEqual(['too-deep', 'other', '$.time', 'start'])
    expect(source.counts).toEqual({ documents: 1, dropped: 1, invalid: 1, ignored: 1 })
  })

  it('lets each reader have its own pace', async () => {
    const source = await started()
    const [quick, slow] = [source[Symbol.asyncIterator](), source[Symbol.asyncIterator]()]
    source.send(...messages)
    for (const message of messages) expect((await quick.next()).value).toBe(message)
    expect((await slow.next()).value).toBe(messages[0])
    await source.stop()
    expect((await quick.next()).done).toBe(true)
    expect((await slow.next()).value).toBe(messages[1])
  })

  it('leaves out for a reader what is beyond its backlog, and says how much', async () => {
    const source = await started(3)
    let lost = 0
    source.on('overflow', (count) => (lost += count))
    const reading = read(source)
    source.send(...messages)
    await source.stop()
    expect(await reading).toEqual(messages.slice(0, 3))
    expect(lost).toBe(messages.length - 3)
  })

  it('keeps nothing for a reader that has left', async () => {
    const source = await started(1)
    source.on('overflow', fail)
    const errors: unknown[] = []
    source.on('subscriber-error', (error) => errors.push(error))
    const reader = source[Symbol.asyncIterator]()
    source.send(messages[0]!)
    await reader.next()
    await reader.return()
    source.send(...messages)
    expect(errors).toEqual([])
  })

  it('can be started again after it was stopped', async () => {
    const source = await started()
    await source.stop()
    await source.start()
    const reading = read(source)
    source.send(...messages)
    await source.stop()
    expect(await reading).toEqual(messages)
  })

  it('goes on when any of its listeners throws', async () => {
    const source = await started()
    const told: unknown[] = []
    source.on('subscriber-error', (_, message) => told.push(message))
    source.on('dropped', fail)
    source.on('ignored', fail)
    source.on('invalid', fail)
    source.on('end', fail)
    let dropped = 0
    source.on('dropped', () => (dropped += 1))
    source.drop()
    source.ignore('x')
    source.sendInvalid(messages[0]!, [issue])
    await source.stop()
    expect(told).toEqual([null, null, messages[0], null])
    expect(dropped).toBe(1)
  })

  it('survives a listener for failures that fails', async () => {
    const source = await started()
    const heard: unknown[] = []
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    source.on('subscriber-error', fail)
    source.subscribe(fail)
    source.subscribe((name) => heard.push(name))
    source.send(messages[0]!, messages[1]!)
    expect(heard).toEqual(['start', 'descriptor'])
    expect(warn).toHaveBeenCalledTimes(1)
    warn.mockRestore()
  })

  it('warns once where nobody listens to failures', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const source = await started()
    source.subscribe(fail)
    source.send(...messages)
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toMatch(/a subscriber of a fake source threw: .*a mistake/u)
    warn.mockRestore()
  })

  it('takes listeners off again, and calls some only once', async () => {
    const source = await started()
    const heard: string[] = []
    const listener = (): unknown => heard.push('on')
    const single = (): unknown => heard.push('once')
    source.on('start', listener).once('start', single)
    source.send(messages[0]!, messages[0]!)
    source.off('start', listener)
    source.send(messages[0]!)
    source.addListener('start', listener).removeListener('start', listener)
    source.once('start', single).off('start', single, undefined, true)
    source.send(messages[0]!)
    expect(heard).toEqual(['on', 'once', 'on'])
    expect(source.listenerCount('start')).toBe(0)
  })

  it('calls a listener with the context that it was given', async () => {
    const source = await started()
    const context = {
      uids: [] as string[],
      note(this: { uids: string[] }, doc: { uid: string }) {
        this.uids.push(doc.uid)
      },
    }
    source.on('start', context.note, context)
    source.send(messages[0]!)
    expect(context.uids).toEqual([(messages[0] as { doc: { uid: string } }).doc.uid])
  })
})
