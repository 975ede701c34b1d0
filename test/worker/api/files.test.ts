import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import { attemptOf } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { json, served } from './support.ts'

const files = '/api/v1/jobs/job-1/attempts/1/files'

describe('a file of an attempt', () => {
  it('is handed out whole, and by ranges', async () => {
    const { ask, write } = await served()
    await write('log.txt', '0123456789')
    const whole = await ask(`${files}/log.txt`)
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789'])
    for (const [range, status, text, told] of [
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=-3', 206, '789', 'bytes 7-9/10'],
      ['bytes=8-', 206, '89', 'bytes 8-9/10'],
      ['bytes=5-999', 206, '56789', 'bytes 5-9/10'],
      ['bytes=0-1,3-4', 200, '0123456789', null],
      ['lines=1-2', 200, '0123456789', null],
    ] as const) {
      const part = await ask(`${files}/log.txt`, { headers: { range } })
      const got = [part.status, await part.text(), part.headers.get('content-range')]
      expect(got, range).toEqual([status, text, told])
    }
    const beyond = await ask(`${files}/log.txt`, { headers: { range: 'bytes=10-' } })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10'])
    const known = { 'if-none-match': whole.headers.get('etag') ?? '' }
    expect((await ask(`${files}/log.txt`, { headers: known })).status).toBe(304)
  })

  it('in a folder below is there, with its slash as it is or encoded', async () => {
    const { ask, write } = await served()
    await write('figures/peaks é.csv', 'q')
    for (const name of ['figures/peaks%20%C3%A9.csv', 'figures%2Fpeaks%20%C3%A9.csv']) {
      expect((await ask(`${files}/${name}`)).status, name).toBe(200)
    }
  })

  it('is never one outside of the attempt’s folder, by whatever path or link', async () => {
    const { ask, folder, results, write, logged } = await served()
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'secret.txt'), 'secret')
    await writeFile(join(results, 'secret.txt'), 'secret')
    await mkdir(join(results, 'run/attempt-1-other'))
    await writeFile(join(results, 'run/attempt-1-other/secret.txt'), 'secret')
    await symlink(join(outside, 'secret.txt'), join(folder, 'link.txt'))
    await symlink(outside, join(folder, 'linked'))
    await write('own.txt', 'own')
    await execa('mkfifo', [join(folder, 'pipe')])
    for (const name of [
      ...['link.txt', 'linked/secret.txt', 'pipe', '', '.', 'linked', 'own.txt/'],
      ...['%2E%2E/%2E%2E/secret.txt', '..%2F..%2Fsecret.txt', '%2e%2e%2f%2e%2e%2fsecret.txt'],
      ...['..%2Fattempt-1-other%2Fsecret.txt', `${encodeURIComponent(outside)}%2Fsecret.txt`],
      ...['own.txt%00', '%00', '..%5C..%5Csecret.txt', '%252e%252e%252fsecret.txt'],
      ...['/own.txt', 'a'.repeat(300), '%FF%FE', '%E0%A4%A'],
    ]) {
      const response = await ask(`${files}/${name}`)
      const text = await response.text()
      expect([400, 404], name).toContain(response.status)
      expect(text, name).not.toContain('secret"')
      expect(text, name).not.toBe('secret')
    }
    expect(logged).toEqual([])
  })

  it('is not shown where the folder is not below the results', async () => {
    const { ask, ledger, job } = await served()
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'a.txt'), 'a')
    await ledger.attempt(attemptOf(job, { attempt: 2, resultsDir: outside }))
    const response = await ask('/api/v1/jobs/job-1/attempts/2/files/a.txt')
    expect(response.status).toBe(404)
    const { message, files: listed } = await json(await ask('/api/v1/jobs/job-1/attempts/2'))
    expect([message, listed]).toEqual([expect.stringContaining('not below the results'), []])
  })

  it('runs nothing in a browser, and is shown by itself only where it could not anyway', async () => {
    const { ask, write } = await served()
    for (const [name, type, disposition] of [
      ['a.png', 'image/png', 'inline'],
      ['a.svg', 'image/svg+xml', 'attachment'],
      ['a.html', 'text/html; charset=utf-8', 'inline'],
      ['a.json', 'text/plain; charset=utf-8', 'inline'],
      ['a.js', 'application/octet-stream', 'attachment'],
      ['a.xhtml', 'application/octet-stream', 'attachment'],
      ['a.xml', 'application/octet-stream', 'attachment'],
      ['a', 'application/octet-stream', 'attachment'],
    ] as const) {
      await write(name, '<script>alert(1)</script>')
      const { headers } = await ask(`${files}/${name}`)
      expect(headers.get('content-type'), name).toBe(type)
      expect(headers.get('content-disposition'), name).toMatch(new RegExp(`^${disposition};`, 'u'))
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      const policy = headers.get('content-security-policy')?.split('; ') ?? []
      expect(policy).toEqual(expect.arrayContaining([`default-src 'none'`, 'sandbox']))
    }
    await write('naughty";\nx: y', 'x')
    const { headers } = await ask(`${files}/${encodeURIComponent('naughty";\nx: y')}`)
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''naughty%22%3B%0Ax%3A%20y`,
    )
  })

  it('is listed with the figures, as far as the attempt has come, without links', async () => {
    const { ask, folder, write } = await served()
    await write('fit.png', 'p')
    await write('deep/er.csv', 'c')
    await symlink('/etc/passwd', join(folder, 'passwd'))
    const detail = await json(await ask('/api/v1/jobs/job-1/attempts/1'))
    expect(detail).toMatchObject({
      state: 'running',
      manifest: null,
      notebook: null,
      files: [
        { name: 'deep/er.csv', size: 1, url: `${files}/deep/er.csv` },
        { name: 'fit.png', size: 1 },
      ],
      figures: [{ title: 'fit.png' }],
    })
  })
})
