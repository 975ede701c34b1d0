import { RemoteDispatcher } from '@prompt-papermill/core'

import type { Config } from '../../config/compile.js'
import { type CheckResult, fail, ok } from './check-result.js'

/** How long a proxy may take to answer, in milliseconds. */
const patience = 5000

/** Proves that something answers as 0MQ at each source's address. */
export async function checkSources({ sources }: Config): Promise<CheckResult[]> {
  return Promise.all(sources.map(checkSource))
}

async function checkSource(options: Config['sources'][number]): Promise<CheckResult> {
  const subject = `source ${options.address}`
  try {
    await using source = new RemoteDispatcher(options.address, options)
    const answered = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), patience)
      source.once('connected', () => {
        clearTimeout(timer)
        resolve(true)
      })
    })
    await source.start()
    return (await answered)
      ? ok(subject, 'the proxy answers')
      : fail(
          subject,
          `no 0MQ proxy answers within ${patience / 1000} s; is bluesky-0MQ-proxy running?`,
        )
  } catch (error) {
    return fail(subject, (error as Error).message)
  }
}
