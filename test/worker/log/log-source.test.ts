import { PassThrough } from 'node:stream'

import { BlueskyError } from '@prompt-papermill/core'
import { FakeSource } from '@prompt-papermill/core/testing'
import pino from 'pino'
import { expect, it } from 'vitest'

import { logSource } from '../../../packages/worker/src/log/log-source.ts'

it('a source that is refused is an error in the log, with what to do about it', () => {
  const stream = new PassThrough()
  const source = new FakeSource()
  logSource(source, pino(stream))
  const reason = new BlueskyError('connection', 'tcp://proxy:5578 refuses the connection: do this')
  source.emit('refused', 'tcp://proxy:5578', reason)
  expect(JSON.parse(String(stream.read()))).toMatchObject({
    level: pino.levels.values.error,
    source: source.description,
    msg: 'tcp://proxy:5578 refuses the connection: do this; it is tried again all the time',
  })
})
