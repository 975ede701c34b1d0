import { expect, it } from 'vitest'

import { workerLogger } from '../../../packages/worker/src/log/worker-logger.ts'
import { readLogger } from '../../support/failing-ledger.ts'

it('a service’s own logger is given fields and one line, whatever a document says', () => {
  const said: unknown[] = []
  const say = (fields: object, message: string): void => void said.push([fields, message])
  const logger = workerLogger({ debug: say, info: say, warn: say, error: say })
  const ofSource = logger.child({ source: '0MQ' })
  logger.warn('alone')
  ofSource.info({ uid: 'a' }, 'forged\nline')
  ofSource.child({ more: 1 }).error('below')
  expect(said).toEqual([
    [{}, 'alone'],
    [{ source: '0MQ', uid: 'a' }, 'forged\\u000aline'],
    [{ source: '0MQ', more: 1 }, 'below'],
  ])
})

it('a logger of pino is taken as it is', () => {
  const { logger } = readLogger()
  expect(workerLogger(logger)).toBe(logger)
})
