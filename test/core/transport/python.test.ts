import { type DocumentMessage, Proxy, Publisher, RemoteDispatcher } from '@prompt-papermill/core'
import { describe, expect, it, onTestFinished } from 'vitest'

import { hasPython } from '../../support/python.js'
import {
  everyFormat,
  formats,
  type Got,
  plain,
  probing,
  pythonDispatchers,
  pythonPublishers,
  realProxy,
  runWithArrays,
} from './wire.js'

const run = runWithArrays()
const expected = run.map(({ name, doc }) => [name, plain(doc)])
const isProbe = ({ doc }: Pick<Got, 'doc'>): boolean => doc.uid === 'probe'
const isStop = ({ name }: Pick<Got, 'name'>): boolean => name === 'stop'

describe.skipIf(!hasPython)("Python's ends of the wire", () => {
  it("read our Publisher's documents from the real proxy, in every format", async () => {
    const proxy = await realProxy()
    const python = pythonDispatchers(proxy.out)
    const publishers = formats.map(
      (format) => new Publisher(proxy.in, { prefix: format, serializer: format }),
    )
    const publish = (message: DocumentMessage) =>
      publishers.forEach((publisher) => publisher.dispatch(message))
    onTestFinished(async () => {
      await Promise.all(publishers.map((publisher) => publisher.close()))
    })
    await Promise.all(publishers.map((publisher) => publisher.start()))
    await probing(publish, python.until(everyFormat(isProbe)))
    run.forEach(publish)
    await python.until(everyFormat(isStop))
    expectRunInEveryFormat(python.got)
  })

  it('speak to each other and to us through our Proxy, in every format', async () => {
    const proxy = new Proxy()
    onTestFinished(() => proxy.stop())
    await proxy.start()
    const python = pythonDispatchers(proxy.outAddress)
    const publishers = pythonPublishers(proxy.inAddress)
    const ours = await Promise.all(
      formats.map(async (prefix) => {
        const dispatcher = new RemoteDispatcher(proxy.outAddress, { prefix })
        onTestFinished(() => dispatcher.stop())
        const got: unknown[] = []
        dispatcher.on('document', ({ name, doc }) => {
          if (!isProbe({ doc: { ...doc } })) got.push([name, plain(doc)])
        })
        const last = new Promise<void>((resolve) => dispatcher.once('stop', () => resolve()))
        const joined = new Promise<void>((resolve) => dispatcher.once('start', () => resolve()))
        await dispatcher.start()
        return { got, last, joined }
      }),
    )
    const joined = ours.map((each) => each.joined)
    await probing(
      (message) => publishers.publish(message),
      Promise.all([...joined, python.until(everyFormat(isProbe))]),
    )
    run.forEach((message) => publishers.publish(message))
    await Promise.all([...ours.map(({ last }) => last), python.until(everyFormat(isStop))])
    expect(ours.map(({ got }) => got)).toEqual(formats.map(() => expected))
    expectRunInEveryFormat(python.got)
  })
})

function expectRunInEveryFormat(got: readonly Got[]): void {
  for (const format of formats) {
    const documents = got.filter((one) => one.format === format && !isProbe(one))
    expect(documents.map(({ name, doc }) => [name, doc])).toEqual(expected)
    expect(new Set(documents.map(({ type }) => type))).toEqual(new Set(['dict']))
    const types = documents.find(({ name }) => name === 'event')?.dataTypes
    expect(types).toContain(format === 'json' ? 'list' : 'ndarray')
  }
}
