import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { hasBrowser, openBeamline, openBrowser, openPage, token } from './beamline.ts'

describe.skipIf(!hasBrowser)('the page, in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it('shows a run as it arrives, its notebook’s progress, and its figure', async () => {
    const beamline = await openBeamline()
    const { page, errors } = await openPage(browser, beamline.url)
    await page.getByText('No runs yet').waitFor()
    const { messages } = beamline.run('slow', { scan_id: 41, metadata: { sample_name: 'silicon' } })
    expect(messages.length).toBeGreaterThan(2)
    const row = page.locator('.run', { hasText: 'scan 41' })
    await row.getByText('silicon').waitFor()
    await row.getByText('running').waitFor()
    await row.getByText(/cell \d of \d/u).waitFor()
    await row.locator('.thumbnails img').waitFor()
    await row.getByRole('link').click()
    const img = page.locator('.figures img')
    await img.waitFor()
    await expect.poll(() => img.evaluate(widthOf)).toBe(1)
    await beamline.letGo()
    await page.locator('.job').getByText('succeeded').waitFor()
    await page.getByText('Notebook', { exact: true }).click()
    const frame = page.frameLocator('iframe.notebook')
    await frame.getByText('the end', { exact: true }).waitFor()
    expect(errors).toEqual([])
  })

  it('says why a notebook failed: the cell and the traceback first', async () => {
    const beamline = await openBeamline()
    const { uid } = beamline.run('broken', { scan_id: 7 })
    const { page, errors } = await openPage(browser, beamline.url)
    await page.locator('.run', { hasText: 'failed (cell-error)' }).getByRole('link').click()
    const failure = page.locator('.failure')
    await failure.getByText('ZeroDivisionError: division by zero').first().waitFor()
    expect(await failure.locator('pre').first().textContent()).toBe('angle = 0\n1 / angle')
    expect(await failure.locator('pre.traceback').textContent()).toContain('----> 2 1 / angle')
    expect(new URL(page.url()).pathname).toBe(`/runs/${uid}`)
    await page.reload()
    await failure.waitFor()
    await page.getByText('matches', { exact: true }).first().waitFor()
    expect(errors).toEqual([])
  })

  it('finds runs by text, state and plan, and puts that into its address', async () => {
    const beamline = await openBeamline()
    for (const [plan, scan, sample] of [
      ['quick', 1, 'gold'],
      ['broken', 2, 'silver'],
      ['unknown', 3, 'gold foil'],
    ] as const) {
      beamline.run(plan, { scan_id: scan, metadata: { sample_name: sample } })
      await beamline.worker.router.settled()
    }
    const { page } = await openPage(browser, beamline.url)
    const scans = page.locator('.run .scan')
    await scans.nth(2).waitFor()
    await page.getByRole('searchbox').fill('GOLD')
    await page.waitForURL('**/?text=GOLD')
    await expect.poll(() => scans.allTextContents()).toEqual(['scan 3', 'scan 1'])
    await page.getByRole('searchbox').fill('')
    await page.getByRole('combobox', { name: 'Jobs' }).selectOption('failed')
    await expect.poll(() => scans.allTextContents()).toEqual(['scan 2'])
    await page.getByRole('link', { name: 'Show all' }).click()
    await scans.nth(2).waitFor()
    await page.getByText('More filters').click()
    await page.getByLabel('Plan').fill('quick')
    await expect.poll(() => scans.allTextContents()).toEqual(['scan 1'])
    await page.reload()
    await expect.poll(() => scans.allTextContents()).toEqual(['scan 1'])
    await page.getByLabel('Plan').fill('nothing')
    await page.getByText('No runs are like that').waitFor()
  })

  it('reruns a job for who has the token, and notes who that was; two attempts stand side by side', async () => {
    const beamline = await openBeamline()
    const { uid } = beamline.run('broken')
    await beamline.worker.router.settled()
    const { page, errors } = await openPage(browser, `${beamline.url}/runs/${uid}`)
    await page.getByRole('button', { name: 'Rerun' }).click()
    const dialog = page.getByRole('dialog', { name: 'Sign in' })
    await dialog.getByLabel('Your name').fill('Ana')
    await dialog.getByLabel('Token').fill('a guess')
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.getByText('that is not the token').waitFor()
    expect((await beamline.worker.ledger.acts()).rows).toEqual([])
    await dialog.getByLabel('Token').fill(token)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Ana (with the token): rerun broken').waitFor()
    await page.getByRole('link', { name: /^Attempt 2/u }).waitFor()
    await page.getByRole('link', { name: 'Side by side' }).click()
    await page.getByRole('heading', { name: /^Attempt 1/u }).waitFor()
    await page.getByRole('heading', { name: /^Attempt 2/u }).waitFor()
    expect(page.url()).toMatch(/attempt=1&with=2$/u)
    const { rows } = await beamline.worker.ledger.acts()
    expect(rows).toMatchObject([{ who: 'Ana (with the token)', what: 'rerun', uid }])
    expect(errors).toEqual([])
  })

  it('cancels a job, and pauses and resumes the worker', async () => {
    const beamline = await openBeamline()
    const { page } = await openPage(browser, beamline.url)
    await page.context().request.post(`${beamline.url}/api/v1/session`, { data: { token } })
    await page.reload()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused: runs are received').waitFor()
    const { uid } = beamline.run('slow')
    await page.locator('.run').getByText('queued').waitFor()
    await page.goto(`${beamline.url}/runs/${uid}`)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.locator('.job').getByText('running').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.locator('.job .badge').getByText('cancelled').first().waitFor()
    expect(beamline.worker.router.queue.paused).toBe(false)
  })

  it('asks who looks from another machine for the token first, as through a proxy here', async () => {
    const beamline = await openBeamline()
    beamline.run('unknown', { scan_id: 5 })
    await beamline.worker.router.settled()
    const extraHTTPHeaders = { 'x-forwarded-for': '10.1.2.3' }
    const { page } = await openPage(browser, beamline.url, { extraHTTPHeaders })
    await page.getByText('From another machine, reading needs the token').waitFor()
    expect(await page.locator('.run').count()).toBe(0)
    await page.getByRole('button', { name: 'Sign in' }).click()
    const dialog = page.getByRole('dialog', { name: 'Sign in' })
    await dialog.getByLabel('Your name').fill('Ana')
    await dialog.getByLabel('Token').fill(token)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('.run', { hasText: 'scan 5' }).waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
  })

  it('offers nothing to do where nobody may act', async () => {
    const beamline = await openBeamline({ http: { port: 0 } })
    const { uid } = beamline.run('quick')
    await beamline.worker.router.settled()
    const { page } = await openPage(browser, `${beamline.url}/runs/${uid}`)
    await page.locator('.job').getByText('succeeded').first().waitFor()
    await page.getByText('Parameters').waitFor()
    expect(await page.getByRole('button').allTextContents()).toEqual(['Keys'])
  })

  it('can be used by keyboard alone', async () => {
    const beamline = await openBeamline()
    for (const [scan, sample] of [
      [1, 'gold'],
      [2, 'silver'],
    ] as const) {
      beamline.run('quick', { scan_id: scan, metadata: { sample_name: sample } })
      await beamline.worker.router.settled()
    }
    const { page } = await openPage(browser, beamline.url)
    await page.locator('.run').nth(1).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toMatch(/^Skip to/u)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /scan 1/u }).waitFor()
    await page.keyboard.press('u')
    await page.locator('.run').nth(1).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('silv')
    await expect.poll(() => page.locator('.run .scan').allTextContents()).toEqual(['scan 2'])
    await page.getByRole('link', { name: 'Runs', exact: true }).focus()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keys' })
    await help.getByLabel('Single keys do this').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    expect(await help.isVisible()).toBe(false)
  })

  it('fits a narrow screen', async () => {
    const beamline = await openBeamline()
    const metadata = { sample_name: 'very_long_'.repeat(40) }
    const { uid } = beamline.run('broken', { metadata })
    await beamline.worker.router.settled()
    const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }
    const { page } = await openPage(browser, beamline.url, phone)
    await page.locator('.run').getByText('failed').waitFor()
    const overflow = () => page.locator('html').evaluate(overflowOf)
    expect(await overflow()).toBeLessThanOrEqual(0)
    await page.goto(`${beamline.url}/runs/${uid}`)
    await page.locator('.failure pre.traceback').waitFor()
    expect(await overflow()).toBeLessThanOrEqual(0)
  })

  it('says that the worker is away, and goes on when it is back', async () => {
    const beamline = await openBeamline()
    const { page } = await openPage(browser, beamline.url)
    await page.getByText('Live', { exact: true }).waitFor()
    const startAgain = await beamline.stop()
    await page.getByText('Not connected').waitFor()
    await startAgain()
    await page.getByText('Live', { exact: true }).waitFor()
  })

  it('connects again also where a proxy answered in the worker’s place', async () => {
    const beamline = await openBeamline()
    const { page } = await openPage(browser, 'about:blank')
    await page.route('**/api/v1/events', (route) => route.fulfill({ status: 502 }))
    await page.goto(beamline.url)
    await page.getByText('Not connected').waitFor()
    await page.unroute('**/api/v1/events')
    await page.getByText('Live', { exact: true }).waitFor()
  })
})

/** In the page: how many pixels a picture is wide. */
function widthOf(image: unknown): number {
  return (image as { naturalWidth: number }).naturalWidth
}

/** In the page: by how much its content is wider than the screen. */
function overflowOf(html: unknown): number {
  const { scrollWidth, clientWidth } = html as { scrollWidth: number; clientWidth: number }
  return scrollWidth - clientWidth
}
