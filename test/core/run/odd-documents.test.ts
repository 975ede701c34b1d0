import { describe, expect, it } from 'vitest'

import { feed } from '../../support/tracking.js'
import { files, message, openRun } from './support.js'

describe('what comes again and breaks the schema', () => {
  it('is a page cut to what is new, though some of its fields are none that a page has', () => {
    const { event, take, descriptor } = openRun()
    take(event(1))
    const rows = { descriptor, seq_num: [1, 2], uid: ['e-1', 'e-2'], time: [1, 2] }
    const odd = { ...rows, data: 5, filled: null }
    const cut = { ...odd, seq_num: [2], uid: ['e-2'], time: [2] }
    expect(take(message('event_page', odd))).toEqual(cut)
  })

  it('is bulk delivered as it is where that holds something else than events', () => {
    const { event, take, descriptor } = openRun()
    take(event(1))
    const odd = message('bulk_events', { [descriptor]: [event(1).doc], other: null })
    expect([odd, odd].map(take)).toEqual([odd.doc, odd.doc])
    const holes = message('bulk_events', { [descriptor]: [null, event(1).doc, 'x'] })
    expect(take(holes)).toEqual({ [descriptor]: [null, 'x'] })
  })

  it('is a datum delivered each time where it has no id', () => {
    const { take } = openRun()
    take(files[0]!)
    for (const datum_id of [undefined, 5]) {
      const odd = message('datum', { datum_id, resource: 'r', datum_kwargs: {} })
      expect([odd, odd].map(take)).toEqual([odd.doc, odd.doc])
    }
  })
})

describe('a descriptor that two open runs have', () => {
  it('is of the later one, also once the other has stopped', () => {
    const { tracker, event, take, descriptor } = openRun()
    const described = message('descriptor', { uid: descriptor, run_start: 'b', name: 'primary' })
    const [other] = feed(tracker, [message('start', { uid: 'b', time: 0 }), described])
    feed(tracker, [message('stop', { uid: 'a/stop', run_start: 'a', exit_status: 'success' })])
    expect(take(event(1))).not.toBe(null)
    expect([tracker.openRuns, other?.events]).toEqual([[other], { primary: 1 }])
  })
})
