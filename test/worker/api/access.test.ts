import { describe, expect, it } from 'vitest'

import { makeSession } from '../../../packages/worker/src/http/session.ts'
import { json, type Sent, served, token } from './support.ts'

const bearer = { authorization: `Bearer ${token}` }
const elsewhere = '10.1.2.3'
const rerun: Sent = { method: 'POST', body: { target: 'job-1' } }
const proxied = { userHeader: 'x-remote-user', trustedProxies: ['10.0.0.1'] }

/** Whether somebody got as far as being told that there is no worker to act. */
const mayAct = (response: Response): boolean => response.status === 409

describe('reading', () => {
  it('is open on this machine, and needs the token from another', async () => {
    const { ask } = await served()
    expect((await ask('/api/v1/runs')).status).toBe(200)
    expect((await ask('/api/v1/runs', { from: '::1' })).status).toBe(200)
    expect((await ask('/api/v1/runs', { from: elsewhere })).status).toBe(401)
    expect((await ask('/api/v1/runs', { from: elsewhere, headers: bearer })).status).toBe(200)
  })

  it('needs the token of whom a reverse proxy on this machine speaks for', async () => {
    const { ask } = await served()
    const headers = { 'x-forwarded-for': elsewhere }
    expect((await ask('/api/v1/runs', { headers })).status).toBe(401)
  })
})

describe('acting', () => {
  it('needs the token, also on this machine', async () => {
    const { ask } = await served()
    const refused = await ask('/api/v1/rerun', rerun)
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const wrong = { authorization: 'Bearer a token for the test' }
    expect((await ask('/api/v1/rerun', { ...rerun, headers: wrong })).status).toBe(401)
    expect(mayAct(await ask('/api/v1/rerun', { ...rerun, headers: bearer }))).toBe(true)
  })

  it('is refused to all where the config has no token', async () => {
    const { ask } = await served({ token: null })
    const refused = await ask('/api/v1/rerun', rerun)
    expect([refused.status, (await json(refused)).error]).toEqual([
      403,
      expect.stringContaining('no http.token'),
    ])
  })

  it('goes by a cookie once the token was given, which no other site can use', async () => {
    const { ask } = await served()
    const wrong = await ask('/api/v1/session', { method: 'POST', body: { token: 'guessed' } })
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([403, null])
    const right = await ask('/api/v1/session', { method: 'POST', body: { token } })
    const given = right.headers.get('set-cookie') ?? ''
    expect(given).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/u)
    expect(given).not.toContain(token)
    const cookie = given.split(';')[0] ?? ''
    const withCookie = (headers: Record<string, string> = {}) =>
      ask('/api/v1/rerun', { ...rerun, headers: { cookie, ...headers } })
    expect(mayAct(await withCookie())).toBe(true)
    expect((await withCookie({ 'sec-fetch-site': 'cross-site' })).status).toBe(401)
    expect((await withCookie({ origin: 'http://evil.example' })).status).toBe(401)
  })

  it('does not go by a cookie that is old, or made with another token', async () => {
    const { ask } = await served()
    const old = makeSession(token, Date.now() - 13 * 3_600_000)
    for (const value of [old, makeSession('another token, as long'), '9999999999.x', '']) {
      const headers = { cookie: `papermill_session=${value}` }
      expect((await ask('/api/v1/rerun', { ...rerun, headers })).status, value).toBe(401)
    }
  })

  it('goes by the user whom a trusted proxy names, and nobody else', async () => {
    const { ask } = await served({ token: null, ...proxied })
    const headers = { 'x-remote-user': 'ana' }
    expect(mayAct(await ask('/api/v1/rerun', { ...rerun, headers, from: '10.0.0.1' }))).toBe(true)
    expect((await ask('/api/v1/rerun', { ...rerun, headers, from: elsewhere })).status).toBe(401)
    expect((await ask('/api/v1/rerun', { ...rerun, headers, from: '127.0.0.1' })).status).toBe(401)
    const forged = { ...headers, 'sec-fetch-site': 'cross-site' }
    const refused = await ask('/api/v1/rerun', { ...rerun, headers: forged, from: '10.0.0.1' })
    expect(refused.status).toBe(401)
    const about = await json(await ask('/api/v1/about', { headers, from: '10.0.0.1' }))
    expect(about.who).toBe('ana')
  })
})

describe('a request', () => {
  it('for the name of another server is not answered, whatever it asks for', async () => {
    const { ask } = await served({ hosts: ['papermill.beamline.example'] })
    for (const path of ['/', '/api/v1/runs', '/page/page.js', '/healthz', '/jobs']) {
      const response = await ask(path, { headers: { host: 'rebound.example:8580' } })
      expect(response.status, path).toBe(421)
    }
    for (const host of ['', 'localhost:x', 'a b', 'localhost@evil.example']) {
      expect((await ask('/api/v1/runs', { headers: { host } })).status, host).toBe(421)
    }
    for (const host of ['papermill.beamline.example', 'LOCALHOST.', '[::1]:8580', '10.1.2.3:80']) {
      expect((await ask('/api/v1/runs', { headers: { host } })).status, host).toBe(200)
    }
  })

  it('that makes no sense is told so, and never an error of the server', async () => {
    const { ask, logged } = await served()
    for (const [path, status] of [
      ['/api/v1/runs?limit=many', 400],
      ['/api/v1/runs?since=yesterday', 400],
      ['/api/v1/runs?nonsense=1', 400],
      ['/api/v1/runs/none', 404],
      ['/api/v1/jobs/job-1/attempts/0', 400],
      ['/api/v1/jobs/job-1/attempts/2', 404],
      ['/api/v1/nothing', 404],
    ] as const) {
      const response = await ask(path)
      expect([path, response.status]).toEqual([path, status])
      expect((await json(response)).error).toBeTypeOf('string')
    }
    expect(logged).toEqual([])
  })

  it('that is too large is refused', async () => {
    const { ask } = await served()
    const body = { target: 'x'.repeat(200_000) }
    const response = await ask('/api/v1/rerun', { method: 'POST', body, headers: bearer })
    expect(response.status).toBe(413)
  })
})
