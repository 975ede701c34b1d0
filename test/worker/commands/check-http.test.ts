import { join } from 'node:path'

import { makeConfig } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { checkHttpPort } from '../../../packages/worker/src/commands/check/http-port.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('check, of http,', () => {
  it('fails where the file with the token can’t be read, without which the worker would not start', async () => {
    const folder = await temporaryFolder()
    const given = { templates: 't', results: 'r', http: { port: 0, token: { file: 'token' } } }
    const { verdict, message } = await checkHttpPort(makeConfig(given, join(folder, 'worker.yml')))
    expect([verdict, message]).toEqual(['fail', expect.stringContaining('http.token.file')])
  })
})
