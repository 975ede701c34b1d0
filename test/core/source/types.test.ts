import {
  type DocumentMessage,
  type DocumentSource,
  type Dropped,
  type Event,
  RemoteDispatcher,
  type RunStart,
  type RunStop,
} from '@prompt-papermill/core'
import { describe, expectTypeOf, it } from 'vitest'

describe('the types of a source', () => {
  const dispatcher = new RemoteDispatcher('127.0.0.1:5578')

  it('give each listener the documents of its name', () => {
    dispatcher.on('start', (doc) => {
      expectTypeOf(doc).toEqualTypeOf<RunStart>()
      expectTypeOf(doc.plan_name).toEqualTypeOf<string | undefined>()
    })
    dispatcher.once('stop', (doc) => expectTypeOf(doc).toEqualTypeOf<RunStop>())
    dispatcher.on('dropped', (dropped) => expectTypeOf(dropped).toEqualTypeOf<Dropped>())
    // @ts-expect-error a misspelt event is an error
    dispatcher.on('strat', () => undefined)
    // @ts-expect-error a Run Stop has no plan
    dispatcher.on('stop', (doc: { plan_name: string }) => doc.plan_name)
  })

  it('narrow a document by its name', () => {
    const narrow = (message: DocumentMessage): string | number => {
      const { name, doc } = message
      if (name === 'event') {
        expectTypeOf(doc).toEqualTypeOf<Event>()
        return doc.seq_num
      }
      if (name === 'stop') return doc.exit_status
      // @ts-expect-error not every other document has a uid
      const uid: unknown = doc.uid
      return typeof uid
    }
    expectTypeOf(narrow).returns.toEqualTypeOf<string | number>()
  })

  it('narrow in a loop over a source', () => {
    const loop = async (source: DocumentSource): Promise<string | undefined> => {
      for await (const { name, doc } of source) {
        if (name === 'start') return doc.plan_name
      }
      return undefined
    }
    expectTypeOf(loop).parameter(0).toExtend<AsyncIterable<DocumentMessage>>()
  })
})
