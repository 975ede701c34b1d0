import { writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { notebookOf } from '../../support/notebook.mjs'
import { hasBrowser, openBeamline, openBrowser, openPage } from './beamline.ts'

const script = `<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">`
const rightToLeft = '\u202Egnp.exe\u2066'

/** A Run Start that tries what can be tried. */
const hostileStart = {
  plan_name: `"><svg onload="window.hacked=1">${script}`,
  metadata: {
    sample_name: `${rightToLeft}${script}`,
    comment: 'x'.repeat(1_000_000),
    'javascript:window.hacked=1': [script],
    scan_note: '../../../../etc/passwd',
    __proto__x: { constructor: { prototype: script } },
    nested: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } },
  },
}

/** Outputs that try to get out of where they are shown. */
const hostileCell = (
  elsewhere: string,
): string => `from IPython.display import HTML, SVG, Javascript, display
display(HTML('''</iframe></div></body><script>top.hacked = 1; parent.hacked = 1</script>
<meta http-equiv="refresh" content="0;url=${elsewhere}/gone">
<base target="_top"><form action="/api/v1/pause" method="post"><input autofocus onfocus="top.hacked=1"></form>
<a id="out" target="_top" href="${elsewhere}/gone">out</a>
<iframe src="javascript:top.hacked=1"></iframe><object data="javascript:top.hacked=1"></object>
<style>@import url(${elsewhere}/css); * { background: url(${elsewhere}/pixel) }</style>'''))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="top.hacked=1"><script>top.hacked=1</script></svg>'))
display(Javascript('top.hacked = 1'))
print('</pre><script>top.hacked = 1</script>')
open('evil.html', 'w').write('<script>top.hacked = 1; fetch("/api/v1/pause", {method: "POST"})</script>all of it')
open('evil.svg', 'w').write('<svg xmlns="http://www.w3.org/2000/svg" onload="top.hacked=1"><script>top.hacked=1</script></svg>')
open('<img src=x onerror=top.hacked=1>.txt', 'w').write('x')`

const hacked = (page: Page) => page.evaluate(() => (globalThis as { hacked?: number }).hacked)

describe.skipIf(!hasBrowser)('the page, in Chromium, does nothing that is wanted by', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it('a hostile Run Start, which is shown as text', async () => {
    const beamline = await openBeamline({
      rules: [{ name: 'all', when: {}, notebooks: [{ template: 'quick.ipynb' }] }],
    })
    const { uid } = beamline.run(hostileStart.plan_name, hostileStart)
    await beamline.worker.router.settled()
    const { page, errors } = await openPage(browser, beamline.url)
    const row = page.locator('.run')
    await row.getByText('<svg onload=').waitFor()
    await row.getByText('succeeded').waitFor()
    expect(
      await row
        .locator('.sample')
        .evaluate((element: unknown) => (element as { tagName: string }).tagName),
    ).toBe('BDI')
    await row.getByRole('link').click()
    await page.getByText('Run Start', { exact: true }).click()
    await page.getByText(/^x{2000}… \(1000000 characters\)$/u).waitFor()
    const answer = await page.context().request.get(`${beamline.url}/api/v1/runs/${uid}`)
    expect((await answer.body()).length).toBeLessThan(50_000)
    expect(await page.locator('svg[onload]').count()).toBe(0)
    expect([await hacked(page), errors]).toEqual([undefined, []])
  })

  it('a hostile notebook, in the page or by itself', async () => {
    const elsewhere = await listen()
    const beamline = await openBeamline()
    await writeFile(
      join(beamline.folder, 'templates/evil.ipynb'),
      notebookOf('uid = None', hostileCell(elsewhere.url)),
    )
    const { uid } = beamline.run('evil')
    await beamline.worker.router.settled()
    const { page } = await openPage(browser, `${beamline.url}/runs/${uid}`)
    await page.locator('.figures img').first().waitFor()
    await page.getByText('Notebook', { exact: true }).click()
    const frame = page.frameLocator('iframe.notebook')
    await frame.getByText("print('</pre>", { exact: false }).first().waitFor()
    const inner = frame.frameLocator('iframe')
    await inner.locator('#out').click()
    await page.getByText(/^Files/u).click()
    await page.getByText('onerror=top.hacked=1>.txt').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/runs/${uid}`)
    const base = `${beamline.url}/api/v1/jobs`
    const { rows } = await beamline.worker.ledger.jobs()
    const attempt = `${base}/${rows[0]?.id ?? ''}/attempts/1`
    const alone = await openPage(browser, `${attempt}/notebook`)
    await alone.page.locator('.source').first().waitFor()
    const html = await openPage(browser, `${attempt}/files/evil.html`)
    await html.page.getByText('all of it').waitFor()
    const others = [alone.page, html.page]
    expect(await Promise.all([page, ...others].map(hacked))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(elsewhere.asked).toEqual([])
    expect(beamline.worker.router.queue.paused).toBe(false)
  })

  it('a path that leads out of an attempt’s folder, sent as it is', async () => {
    const beamline = await openBeamline()
    beamline.run('quick')
    await beamline.worker.router.settled()
    const { rows } = await beamline.worker.ledger.jobs()
    for (const path of [
      '../../../../../../state/ledger.sqlite',
      '../log.txt',
      '%2e%2e/%2e%2e/worker.yml',
      '..%2f..%2f..%2fstate/ledger.sqlite',
      '/etc/passwd',
      'log.txt%00.png',
      '.',
    ]) {
      const url = `/api/v1/jobs/${rows[0]?.id ?? ''}/attempts/1/files/${path}`
      const { status, body } = await raw(beamline.worker.httpPort ?? 0, url)
      expect([400, 404, 405], path).toContain(status)
      expect(body, path).toMatch(/^(\{"error":.*|404 Not Found)$/u)
    }
  })
})

/** A server elsewhere, and what is asked of it. */
async function listen(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer(({ url }, response) => {
    asked.push(url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, asked }
}

/** Sends a path without making it better, as a browser would. */
async function raw(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    })
    sent.on('error', reject)
    sent.end()
  })
}
