import { RemoteDispatcher } from '@prompt-papermill/core'

import type { Config } from '../../config/config.js'
import { isKafka, type ZmqSourceGiven } from '../../config/compile-source.js'
import { type CheckResult, fail, ok } from './check-result.js'
import { checkKafka } from './kafka.js'

/** How long a proxy may take to answer, in milliseconds. */
const patience = 5000

/** Proves that at each source's address something answers as 0MQ, or as Kafka, and lets us in. */
export async function checkSources({ sources }: Config): Promise<CheckResult[]> {
  return Promise.all(
    sources.map((source) => (isKafka(source) ? checkKafka(source) : checkZmq(source))),
  )
}

async function checkZmq(options: ZmqSourceGiven): Promise<CheckResult> {
  const subject = `source ${options.address}`
  try {
    await using source = new RemoteDispatcher(options.address, options)
    const answered = new Promise<CheckResult>((resolve) => {
      const late = `no 0MQ proxy answers within ${patience / 1000} s; is bluesky-0MQ-proxy running?`
      const timer = setTimeout(() => resolve(fail(subject, late)), patience)
      const answer = (result: CheckResult): void => {
        clearTimeout(timer)
        resolve(result)
      }
      source.once('connected', () => answer(ok(subject, 'the proxy answers')))
      source.once('refused', (_, { message }) => answer(fail(subject, message)))
    })
    await source.start()
    return await answered
  } catch (error) {
    return fail(subject, (error as Error).message)
  }
}
