import { describe, expect, it } from 'vitest'

import {
  bulkDatumToDatumPage,
  bulkEventsToEventPages,
  type Datum,
  type DatumPage,
  type Event,
  type EventPage,
  fromLosslessJson,
  mergeDatumPages,
  mergeEventPages,
  packDatumPage,
  packEventPage,
  pickleDecoder,
  rechunkDatumPages,
  rechunkEventPages,
  sanitizeDoc,
  toLosslessJson,
  UnfilledData,
  unpackDatumPage,
  unpackEventPage,
  verifyFilled,
} from '../../../packages/core/src/documents.js'
import { hasPython } from '../../support/python.js'
import { howMany, pythonBatches } from '../../support/python-batches.js'

const cases = howMany(3000)

/** A function's name, its argument as a pickle in base64, and its result in the lossless JSON. */
type Case = Readonly<Record<'name' | 'pickle' | 'result', string>>

/** Each function as the Python program calls its own: with one argument. */
const functions: Readonly<Record<string, (argument: never) => unknown>> = {
  packEventPage: (events: Event[]) => packEventPage(...events),
  unpackEventPage: (page: EventPage) => [...unpackEventPage(page)],
  packDatumPage: (datums: Datum[]) => packDatumPage(...datums),
  unpackDatumPage: (page: DatumPage) => [...unpackDatumPage(page)],
  mergeEventPages: (pages: EventPage[]) => mergeEventPages(pages),
  mergeDatumPages: (pages: DatumPage[]) => mergeDatumPages(pages),
  rechunkEventPages: ([pages, size]: [EventPage[], number]) => [...rechunkEventPages(pages, size)],
  rechunkDatumPages: ([pages, size]: [DatumPage[], number]) => [...rechunkDatumPages(pages, size)],
  bulkEventsToEventPages,
  bulkDatumToDatumPage,
  sanitizeDoc: (doc: object) => sanitizeDoc(doc),
  verifyFilled: isFilled,
}

function isFilled(page: EventPage): boolean {
  try {
    verifyFilled(page)
    return true
  } catch (error) {
    if (error instanceof UnfilledData) return false
    throw error
  }
}

const canonical = (value: unknown) => toLosslessJson(value, { sortKeys: true })

describe.skipIf(!hasPython)("functions on pages beside event_model's", () => {
  it(
    `give the same on ${cases} random arguments, with arrays, odd keys and short columns`,
    { timeout: 60_000 + cases * 10 },
    () => {
      const decoder = pickleDecoder()
      const seen = new Map<string, Set<string>>()
      for (const { name, pickle, result } of pythonBatches<Case>(
        'event_model/page_cases.py',
        cases,
      )) {
        const argument = decoder.decode(new Uint8Array(Buffer.from(pickle, 'base64')))
        const ours = functions[name]!(argument as never)
        expect(canonical(ours), `${name}(${toLosslessJson(argument)})`).toBe(
          canonical(fromLosslessJson(result)),
        )
        seen.set(name, (seen.get(name) ?? new Set()).add(result))
      }
      expect([...seen.keys()].sort()).toEqual(Object.keys(functions).sort())
      for (const [name, results] of seen) {
        expect(results.size, name).toBeGreaterThan(name === 'verifyFilled' ? 1 : 20)
      }
    },
  )
})
