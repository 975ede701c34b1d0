import { describe, expect, it, onTestFinished } from 'vitest'

import { openBeamline } from '../page/beamline.ts'

/** Follows the events of a page; each is its name with its data. */
async function follow(url: string) {
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const { body, headers } = await fetch(`${url}/api/v1/events`, { signal: gone.signal })
  const events: { name: string; data: Record<string, unknown> }[] = []
  const decoder = new TextDecoder()
  let text = ''
  const ended = (async () => {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      const whole = text.split('\n\n')
      text = whole.pop() ?? ''
      for (const event of whole) {
        const [, name, data] = /^event: (.*)\ndata: (.*)$/u.exec(event) ?? []
        if (name !== undefined && data !== undefined) {
          events.push({ name, data: JSON.parse(data) as Record<string, unknown> })
        }
      }
    }
  })()
  ended.catch(() => undefined)
  return { events, headers, ended }
}

const jobless = [
  { name: 'none', when: { plan_name: 'none' }, notebooks: [{ template: 'q.ipynb' }] },
]

describe('the events', () => {
  it('begin with how the worker is, and tell of a run as it stands in the ledger', async () => {
    const beamline = await openBeamline({ rules: jobless })
    const { events, headers } = await follow(beamline.url)
    expect(headers.get('content-type')).toBe('text/event-stream')
    await expect.poll(() => events.map(({ name }) => name)).toEqual(['hello'])
    expect(events[0]?.data).toMatchObject({ paused: false, ready: true })
    const { uid } = beamline.run('count', { scan_id: 5 })
    await expect
      .poll(() => events.at(-1)?.data)
      .toMatchObject({ uid, scan_id: 5, exit_status: 'success', jobs: [] })
  })

  it('are few for a burst: who watches is told to ask anew', async () => {
    const beamline = await openBeamline({ rules: jobless })
    const { events } = await follow(beamline.url)
    await expect.poll(() => events.length).toBe(1)
    for (let i = 0; i < 300; i += 1) beamline.run('count')
    await beamline.worker.router.settled()
    await expect.poll(() => events.some(({ name }) => name === 'changed')).toBe(true)
    expect(events.length).toBeLessThan(100)
  })

  it('end with the worker', async () => {
    const beamline = await openBeamline({ rules: jobless })
    const { events, ended } = await follow(beamline.url)
    await expect.poll(() => events.length).toBe(1)
    await beamline.worker.stop()
    // the connection is cut, or ends
    await ended.catch(() => undefined)
  })
})
