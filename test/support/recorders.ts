import { createHash } from 'node:crypto'

import {
  DocumentRouter,
  notImplemented,
  SingleRunDocumentRouter,
  type DocumentMessage,
  type DocumentName,
  type Event,
  type RunCallback,
} from '../../packages/core/src/documents.js'

type Dict = Readonly<Record<string, unknown>>

/** Told of each call. */
export type RecordCall = (name: string, doc: unknown) => void

/** Which methods a kind of router implements; the same as in test/fixtures/event_model/recorders.py. */
const routerMethods: Readonly<Record<string, readonly DocumentName[]>> = {
  events: ['start', 'descriptor', 'event', 'datum', 'stop'],
  pages: ['event_page', 'datum_page'],
  both: ['event', 'event_page', 'datum', 'datum_page'],
  all: [
    ...(['start', 'descriptor', 'event', 'event_page', 'resource', 'datum', 'datum_page'] as const),
    ...(['stream_resource', 'stream_datum', 'stop'] as const),
  ],
  nothing: [],
  assets: ['resource', 'datum', 'stream_resource', 'stream_datum'],
  picky: ['event', 'datum', 'stop'],
  'picky pages': ['event', 'event_page', 'datum', 'datum_page'],
  changing: ['start', 'event', 'datum', 'stop'],
  'changing pages': ['event_page', 'datum_page', 'descriptor'],
}

/** Which of them get everything out of bulk documents in Python too. */
export const takesBulk = ['pages', 'both', 'all', 'nothing', 'changing pages']

const digests = new WeakMap<object, string>()

/** A short text that is the same for equal documents, in any language. */
export function digest(doc: object): string {
  let text = digests.get(doc)
  if (text === undefined) {
    text = createHash('md5').update(canonical(doc)).digest('hex').slice(0, 12)
    digests.set(doc, text)
  }
  return text
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const items = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical((value as Dict)[key])}`)
  return `{${items.join(',')}}`
}

/** Another document of the same kind. */
function changed(name: DocumentName, doc: Dict): Dict {
  const isPage = name === 'event_page' || name === 'datum_page'
  const key = name.startsWith('datum') ? 'datum_id' : 'uid'
  const value = isPage ? (doc[key] as string[]).map((uid) => `${uid}!`) : `${String(doc[key])}!`
  return { ...doc, [key]: value }
}

/** What a method of such a router gives back. */
function result(kind: string, name: DocumentName, doc: Dict): unknown {
  if (kind.startsWith('picky')) {
    if (kind === 'picky pages' && name.endsWith('_page')) return notImplemented
    const number = doc.seq_num ?? (doc.datum_id as string | undefined)?.length ?? 0
    return (number as number) % 3 === 0 ? notImplemented : undefined
  }
  if (kind.startsWith('changing')) return changed(name, doc)
  return kind === 'both' ? undefined : doc
}

/** A router of that kind; `record` is called by its methods. */
export function makeRouter(kind: string, record: RecordCall): DocumentRouter {
  class Recorder extends DocumentRouter {}
  for (const name of routerMethods[kind] ?? []) {
    Object.defineProperty(Recorder.prototype, name, {
      value(doc: Dict): unknown {
        record(name, doc)
        return result(kind, name, doc)
      },
    })
  }
  return new Recorder()
}

/** Writes down what it knows of the run at each event. */
class Single extends SingleRunDocumentRouter {
  readonly #record: RecordCall

  constructor(record: RecordCall) {
    super()
    this.#record = record
  }

  override event(doc: Event): void {
    const known = [this.getStart().uid, this.getDescriptor(doc).uid, this.getStreamName(doc)]
    this.#record(['event', ...known].join(' '), doc)
  }
}

/** A callback of that kind. */
export function makeCallback(kind: string, record: RecordCall): RunCallback {
  if (kind === 'function') return (name, doc) => record(name, doc)
  return kind === 'single' ? new Single(record) : makeRouter(kind, record)
}

/** A document as Python wrote it into a list of two. */
export function toMessage([name, doc]: readonly [DocumentName, unknown]): DocumentMessage {
  return { name, doc } as DocumentMessage
}
