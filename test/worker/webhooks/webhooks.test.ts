import { describe, expect, it } from 'vitest'

import { ask, runThrough, samplesOf, watchedConfig, watchedWorker } from '../metrics/support.ts'
import { hang, Receiver, secret, soon, status, verified } from './receiver.ts'

const failing = (reason: string) => ({ ends: { state: 'failed', reason, message: '1/0' } })
const acts = (name: string, ends: Record<string, unknown> = {}) => ({
  ...{ name, when: {} },
  actions: [{ use: 'act', parameters: ends }],
})
/** Quick enough for a test. */
const retry = { attempts: 3, delay: '10ms', factor: 1 }

describe('a webhook', () => {
  it('is told of a failed job with the fields of jobs --json, signed', async () => {
    const receiver = await Receiver.start()
    const { worker, source } = await watchedWorker({
      webhooks: [{ url: receiver.url, secret }],
      rules: [acts('bad', failing('cell-error')), acts('good')],
    })
    await runThrough(worker, source, { scan_id: 7 })
    const [request] = await receiver.whenGot(1)
    const { data, ...rest } = verified(request!)
    const { rows } = await worker.ledger.jobs({ state: 'failed' })
    expect(data).toEqual(rows[0])
    expect(data).toMatchObject({ rule: 'bad', scan_id: 7, reason: 'cell-error' })
    expect(rest).toEqual({
      type: 'job.failed',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/u) as string,
      host: expect.any(String) as string,
    })
    expect(request!.headers['content-type']).toBe('application/json')
    await soon(async () => {
      const samples = await samplesOf(worker)
      const webhook = new URL(receiver.url).host
      const labels = `webhook="${webhook}",outcome="delivered"`
      expect(samples.get(`webhook_messages_total{${labels}}`)).toBe(1)
      expect(samples.get(`webhook_messages_waiting{webhook="${webhook}"}`)).toBe(0)
    })
    expect(receiver.received).toHaveLength(1)
  })

  it('is told of the states, reasons and rules that it asks for, and of nothing else', async () => {
    const [states, reasons, rules] = [
      await Receiver.start(),
      await Receiver.start(),
      await Receiver.start(),
    ]
    const { worker, source } = await watchedWorker({
      webhooks: [
        { url: states.url, secret, on: ['succeeded'] },
        { url: reasons.url, secret, reasons: ['timed-out'] },
        { url: rules.url, secret, on: ['failed', 'succeeded'], rules: ['good', 'late'] },
      ],
      rules: [acts('bad', failing('cell-error')), acts('late', failing('timed-out')), acts('good')],
    })
    await runThrough(worker, source)
    await rules.whenGot(2)
    await states.whenGot(1)
    await reasons.whenGot(1)
    const told = ({ received }: Receiver): unknown[] =>
      received.map((each) => (verified(each).data as { rule: string }).rule).sort()
    expect([told(states), told(reasons), told(rules)]).toEqual([
      ['good'],
      ['late'],
      ['good', 'late'],
    ])
  })

  it('is told again after a failure, with the same id and a fresh signature, and in order', async () => {
    const receiver = await Receiver.start()
    receiver.answers.push(status(500), status(429))
    const { worker, source, lines } = await watchedWorker({
      webhooks: [{ url: receiver.url, secret, on: ['succeeded'], retry }],
    })
    await runThrough(worker, source, { scan_id: 1 })
    await runThrough(worker, source, { scan_id: 2 })
    const got = await receiver.whenGot(4)
    const ids = got.map(({ headers }) => headers['webhook-id'])
    expect(ids.slice(0, 3)).toEqual(Array(3).fill(ids[0]))
    expect(got.map((each) => (verified(each).data as { scan_id: number }).scan_id)).toEqual([
      1, 1, 1, 2,
    ])
    expect(
      lines.filter(({ msg }) => /was not told: it answered 500; it is tried/u.test(msg)),
    ).toHaveLength(1)
  })

  it('that answers nothing holds up nobody else, and is given up with a line and a count', async () => {
    const [deaf, other] = [await Receiver.start(), await Receiver.start()]
    deaf.always = hang
    const { worker, source, lines } = await watchedWorker({
      webhooks: [
        { name: 'deaf', url: deaf.url, secret, on: ['succeeded'], timeout: '300ms', retry },
        { name: 'other', url: other.url, secret, on: ['succeeded'] },
      ],
    })
    await runThrough(worker, source)
    await other.whenGot(1)
    await soon(() =>
      expect(lines.map(({ msg }) => msg)).toContainEqual(
        expect.stringContaining(
          'the webhook deaf is not told of this any more: no answer within 0.3 s',
        ),
      ),
    )
    const samples = await samplesOf(worker)
    expect(samples.get('webhook_messages_total{webhook="deaf",outcome="given-up"}')).toBe(1)
    // on a busy machine a try may be over before its request is read
    expect(deaf.received.length).toBeLessThanOrEqual(3)
  })

  it('that is slow is waited for, and the worker goes on meanwhile', async () => {
    const receiver = await Receiver.start()
    const held: (() => void)[] = []
    receiver.answers.push((response) => held.push(() => void response.writeHead(200).end()))
    const { worker, source } = await watchedWorker({
      webhooks: [{ url: receiver.url, secret, on: ['succeeded'] }],
    })
    await runThrough(worker, source, { scan_id: 1 })
    await receiver.whenGot(1)
    await runThrough(worker, source, { scan_id: 2 })
    expect(receiver.received).toHaveLength(1)
    held[0]!()
    await receiver.whenGot(2)
  })

  it('that redirects is not followed, and not tried again', async () => {
    const [receiver, target] = [await Receiver.start(), await Receiver.start()]
    receiver.always = status(307, { location: target.url })
    const { worker, source, lines } = await watchedWorker({
      webhooks: [{ url: receiver.url, secret, on: ['succeeded'], retry }],
    })
    await runThrough(worker, source)
    await soon(() =>
      expect(lines.map(({ msg }) => msg)).toContainEqual(
        expect.stringContaining('answered 307, a redirect, which is not followed'),
      ),
    )
    expect([receiver.received.length, target.received.length]).toEqual([1, 0])
  })

  it('that refuses the message itself is not asked again', async () => {
    const receiver = await Receiver.start()
    receiver.always = status(400)
    const { worker, source, lines } = await watchedWorker({
      webhooks: [{ url: receiver.url, secret, on: ['succeeded'], retry }],
    })
    await runThrough(worker, source)
    await soon(() =>
      expect(lines.some(({ msg }) => msg.includes('any more: it answered 400'))).toBe(true),
    )
    expect(receiver.received).toHaveLength(1)
  })

  it('is told what waits once more when the worker stops, which takes seconds at most', async () => {
    const receiver = await Receiver.start()
    receiver.answers.push(status(503))
    const { worker, source } = await watchedWorker({
      webhooks: [
        { url: receiver.url, secret, on: ['succeeded'], retry: { delay: '1h' } },
        {
          name: 'deaf',
          url: 'http://127.0.0.1:9/',
          secret,
          on: ['succeeded'],
          retry: { delay: '1h' },
        },
      ],
    })
    await runThrough(worker, source, { scan_id: 1 })
    await runThrough(worker, source, { scan_id: 2 })
    await receiver.whenGot(1)
    const began = performance.now()
    await worker.stop()
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(
      receiver.received.map((each) => (verified(each).data as { scan_id: number }).scan_id),
    ).toEqual([1, 1, 2])
  })

  it('has its secret and its address in no log, metric or answer', async () => {
    const receiver = await Receiver.start()
    receiver.always = status(500)
    const url = `${receiver.url}?token=hush-hush`
    const { worker, source, lines } = await watchedWorker({
      webhooks: [{ url, secret, on: ['succeeded'], retry }],
    })
    await runThrough(worker, source)
    await soon(() =>
      expect(lines.some(({ msg }) => msg.includes('is not told of this any more'))).toBe(true),
    )
    const shown = [
      JSON.stringify(lines),
      await worker.metrics.metrics(),
      (await ask(worker, '/readyz')).text,
      JSON.stringify((await worker.ledger.jobs()).rows),
      receiver.received.map(({ body, headers }) => body + JSON.stringify(headers)).join(),
    ]
    for (const text of shown) {
      expect(text).not.toContain(secret.slice(6))
      expect(text).not.toContain('hush-hush')
    }
  })

  it('is another one once the config was read again', async () => {
    const [first, second] = [await Receiver.start(), await Receiver.start()]
    const hook = ({ url }: Receiver) => ({ name: 'hook', url, secret, on: ['succeeded' as const] })
    const { worker, source } = await watchedWorker({ webhooks: [hook(first)] })
    const { webhooks } = await watchedConfig({ webhooks: [hook(second)] })
    await worker.reload({ ...worker.config, webhooks })
    await runThrough(worker, source)
    await second.whenGot(1)
    await worker.reload({ ...worker.config, webhooks: [] })
    await runThrough(worker, source)
    expect([first.received.length, second.received.length]).toEqual([0, 1])
  })
})
