import { documentNames, type DocumentSource, type DropReason } from '@prompt-papermill/core'

import type { LastDocument } from '../alarm/last-document.js'
import type { Meter } from './meter.js'
import { Tally } from './tally.js'

const dropReasons = Object.keys({
  'bad-frame': true,
  'unknown-name': true,
  'bad-payload': true,
  'too-large': true,
  'too-deep': true,
  cyclic: true,
  invalid: true,
} satisfies Record<DropReason, true>)

/** Counts what comes from the sources, and what could not be used of it. */
export function countDocuments(
  meter: Meter,
  sources: readonly DocumentSource[],
  lastDocument: LastDocument,
): void {
  const documents = new Tally(documentNames)
  const invalid = new Tally(documentNames)
  const dropped = new Tally(dropReasons)
  meter.tallied('documents_total', 'Documents received, by name.', 'name', documents)
  meter.tallied(
    'invalid_documents_total',
    "Documents that break event-model's schema and were used all the same.",
    'name',
    invalid,
  )
  meter.tallied('dropped_frames_total', 'Frames that could not be used.', 'reason', dropped)
  const ignored = meter.counter('ignored_frames_total', 'Frames with another prefix than wanted.')
  const lost = meter.counter(
    'backlog_lost_frames_total',
    'Frames thrown away since more came than source.backlog holds.',
  )
  const disconnects = meter.counter(
    'disconnects_total',
    'Connections of a source that were lost.',
    ['source'],
  )
  for (const source of sources) {
    source.on('document', ({ name }) => documents.add(name))
    source.on('invalid', ({ message }) => invalid.add(message.name))
    source.on('dropped', ({ reason }) => dropped.add(reason))
    source.on('ignored', () => ignored.inc())
    source.on('lost', (frames) => lost.inc(frames))
    source.on('disconnected', () => disconnects.inc({ source: source.description }))
    if (source.connected !== null) disconnects.inc({ source: source.description }, 0)
  }
  meter.gauges('connected', 'Whether a source is connected: 1 or 0.', 'source', () =>
    sources
      .filter(({ connected }) => connected !== null)
      .map(({ description, connected }) => [description, connected ? 1 : 0]),
  )
  meter.gauge(
    'last_document_age_seconds',
    'Seconds since the last document came, or since the worker started.',
    () => lastDocument.silence / 1000,
  )
}
