import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { hasBrowser, openBeamline, openBrowser, openPage } from './beamline.ts'

/** What axe finds against WCAG A and AA, as one line each. */
async function problemsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe.skipIf(!hasBrowser)('the page, in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be used by everybody, by what axe can tell: ${colorScheme}`, async () => {
      const beamline = await openBeamline()
      beamline.run('quick')
      const { uid } = beamline.run('broken', { exit_status: 'success' })
      beamline.run('quick', { exit_status: 'abort' })
      beamline.run('slow')
      const { page } = await openPage(browser, beamline.url, { colorScheme })
      await page.locator('.run').getByText('failed').first().waitFor()
      await page.locator('.run').getByText('running').first().waitFor()
      await page.getByText('More filters').click()
      expect(await problemsOf(page)).toEqual([])
      await page.goto(`${beamline.url}/runs/${uid}`)
      await page.locator('.failure pre.traceback').waitFor()
      for (const part of ['Log', 'Manifest', 'Parameters', 'Run Start']) {
        await page.getByText(part, { exact: true }).first().click()
      }
      await page.locator('pre.log').waitFor()
      expect(await problemsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'Rerun' }).click()
      await page.getByRole('dialog').waitFor()
      expect(await problemsOf(page)).toEqual([])
      await page.goto(`${beamline.url}/api/v1/docs`)
      await page.getByText('/api/v1/runs Runs with').click()
      expect(await problemsOf(page)).toEqual([])
    })
  }
})
