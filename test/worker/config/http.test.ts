import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ConfigError, makeConfig } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { accessRules } from '../../../packages/worker/src/http/access-rules.ts'
import type { HttpConfig } from '../../../packages/worker/src/config/compile-http.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

type HttpGiven = NonNullable<Parameters<typeof makeConfig>[0]['http']>

const configOf = (http?: HttpGiven) =>
  makeConfig(
    { templates: 't', results: 'r', ...(http === undefined ? {} : { http }) },
    '/srv/w.yml',
  )

/** What is wrong with it. */
function problem(http: HttpGiven): string {
  try {
    configOf(http)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

describe('http of the config', () => {
  it('is on this machine alone unless it says otherwise, and nobody can act', () => {
    expect(configOf().http).toEqual({
      host: '127.0.0.1',
      port: 8580,
      token: null,
      hosts: [],
      userHeader: null,
      trustedProxies: ['127.0.0.1', '::1'],
    })
    expect(configOf(false).http).toBe(false)
  })

  it('is refused beyond this machine without a token or a proxy’s user, and says what to do', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'beamline.example', '128.0.0.1']) {
      expect(problem({ host }), host).toMatch(/http\.host: .*give http\.token \(openssl rand/u)
    }
    for (const host of ['127.0.0.1', '127.0.1.1', 'localhost', '::1']) {
      expect(problem({ host }), host).toBe('')
    }
    expect(problem({ host: '0.0.0.0', token: 'sixteen characters' })).toBe('')
    expect(problem({ host: '0.0.0.0', userHeader: 'X-Remote-User' })).toBe('')
  })

  it('takes no token that could be guessed, no host with a port and no proxy that is no address', () => {
    expect(problem({ token: 'short' })).toContain('16 characters')
    expect(problem({ hosts: ['a.example:8580'] })).toContain('without port')
    expect(problem({ userHeader: 'a b' })).toContain('name of an HTTP header')
    expect(problem({ userHeader: 'x', trustedProxies: ['proxy'] })).toContain('IP address')
    expect(problem({ trustedProxies: ['10.0.0.1'] })).toContain('without http.userHeader')
  })

  it('reads a token from a file, and says what is wrong with one', async () => {
    const folder = await temporaryFolder()
    const rules = (file: string) =>
      accessRules(configOf({ token: { file } }).http as HttpConfig, '/srv/w.yml')
    await writeFile(join(folder, 'token'), '  a long enough token\n')
    expect((await rules(join(folder, 'token'))).token).toBe('a long enough token')
    await writeFile(join(folder, 'empty'), '\n')
    await expect(rules(join(folder, 'empty'))).rejects.toThrow(
      /http\.token\.file: .*no token of 16/u,
    )
    await expect(rules('gone')).rejects.toThrow(/http\.token\.file: \/srv\/gone can't be read/u)
  })
})
