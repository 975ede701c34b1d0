import { expect, it } from 'vitest'

import { Deliveries } from '../../../packages/worker/src/webhooks/deliveries.ts'
import { hang, Receiver, secret, soon, status } from './receiver.ts'

const message = (n: number) => ({ id: `m${n}`, type: 'job.failed', body: '{}' })

function deliveriesTo(url: string, changes: object = {}) {
  const said: string[] = []
  const pauses: number[] = []
  const config = {
    ...{ name: 'hook', url, secret, on: [], reasons: null, rules: null, timeout: 10_000 },
    retry: { attempts: 5, delay: 1, factor: 10, longest: 15 },
    ...changes,
  }
  const deliveries = new Deliveries(config, {
    delivered: ({ id }) => said.push(`${id} delivered`),
    delayed: (_, __, pause) => pauses.push(pause),
    givenUp: ({ id }, why) => said.push(`${id} given up: ${why}`),
  })
  return { deliveries, said, pauses }
}

it('waits longer and longer between tries, up to a limit, and gives up after so many', async () => {
  const receiver = await Receiver.start()
  receiver.always = status(502)
  const { deliveries, said, pauses } = deliveriesTo(receiver.url)
  deliveries.send(message(1))
  await soon(() => expect(said).toEqual(['m1 given up: it answered 502']))
  expect(pauses).toEqual([1, 10, 15, 15])
  expect(receiver.received).toHaveLength(5)
})

it('keeps no more than a thousand messages, the newest', async () => {
  const receiver = await Receiver.start()
  const answers: (() => void)[] = []
  receiver.answers.push((response) => answers.push(() => void response.writeHead(200).end()))
  const { deliveries, said } = deliveriesTo(receiver.url)
  for (let n = 1; n <= 1003; n += 1) deliveries.send(message(n))
  expect(said).toEqual([
    'm2 given up: more than 1000 messages wait',
    'm3 given up: more than 1000 messages wait',
  ])
  expect(deliveries.waiting).toBe(1001)
  await receiver.whenGot(1)
  answers[0]!()
  await soon(() => expect(said).toHaveLength(1003))
  expect(said.at(-1)).toBe('m1003 delivered')
  expect(deliveries.waiting).toBe(0)
})

it('gives up what is under way when it is closed and nobody answers', async () => {
  const receiver = await Receiver.start()
  receiver.always = hang
  const { deliveries, said } = deliveriesTo(receiver.url)
  deliveries.send(message(1))
  deliveries.send(message(2))
  await receiver.whenGot(1)
  await deliveries.close()
  deliveries.send(message(3))
  expect(said).toEqual([1, 2, 3].map((n) => `m${n} given up: the worker stopped`))
})

it('tells a receiver that is not there from one that refuses', async () => {
  const { deliveries, said, pauses } = deliveriesTo('http://127.0.0.1:9/')
  deliveries.send(message(1))
  await soon(() => expect(said).toHaveLength(1))
  expect(said[0]).toMatch(/ECONNREFUSED/u)
  expect(pauses).toHaveLength(4)
})
