import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

import { execa } from 'execa'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { root } from '../support/python.js'

const browserPath = '/usr/bin/chromium'
const hasBrowser = existsSync(browserPath)

let site: string
let said: string
let browser: Browser | undefined

// types are checked by `npm run typecheck`, which saves a third of the time here
beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'papermill-site-'))
  const args = ['--options', '.config/typedoc.json', '--skipErrorChecking', '--out', site]
  const typedoc = join(root, 'node_modules/typedoc/bin/typedoc')
  const built = await execa(process.execPath, [typedoc, ...args], { cwd: root, all: true })
  said = built.all
  if (!hasBrowser) return
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await rm(site, { recursive: true, force: true })
})

const unescaped = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")

/** The links of all pages that lead nowhere: to no file, or to an anchor that is not there. */
function broken(): string[] {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' })
  const pages = new Map(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file) => [join(site, file), readFileSync(join(site, file), 'utf8')]),
  )
  const anchors = new Map(
    [...pages].map(([file, text]) => [
      file,
      new Set([...text.matchAll(/\sid="([^"]+)"/gu)].map(([, id = '']) => unescaped(id))),
    ]),
  )
  return [...pages].flatMap(([file, text]) =>
    [...text.matchAll(/\s(?:href|src)="([^"]*)"/gu)]
      .map(([, target = '']) => unescaped(target))
      .filter((target) => !/^[a-z][a-z\d+.-]*:/iu.test(target))
      .filter((target) => {
        const [path = '', anchor = ''] = target.split('#').map((part) => decodeURIComponent(part))
        const to = path === '' ? file : join(dirname(file), path)
        if (!existsSync(to)) return true
        return anchor !== '' && anchors.has(to) && !anchors.get(to)?.has(anchor)
      })
      .map((target) => `${relative(site, file)}: ${target}`),
  )
}

describe('the site of the docs', () => {
  it('is built without a warning', () => {
    expect(said).not.toMatch(/warn|error/iu)
    expect(existsSync(join(site, 'index.html'))).toBe(true)
  })

  it('has no link that leads nowhere', () => {
    expect(broken()).toEqual([])
  })
})

describe.skipIf(!hasBrowser)('the site, opened from the file system', () => {
  async function open(): Promise<[Page, readonly string[]]> {
    const page = await browser!.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(pathToFileURL(join(site, 'index.html')).href)
    return [page, errors]
  }

  it('has the parts of the docs in its menu, in the order that one reads them', async () => {
    const [page, errors] = await open()
    const menu = page.locator('#tsd-nav-container > li > details > summary')
    await menu.first().waitFor()
    expect(await menu.allInnerTexts()).toEqual([
      ...['Documentation', 'Tutorials', 'Examples', 'How to', 'Reference', 'Packages'],
      ...['Explanation', 'Decisions'],
    ])
    expect(errors).toEqual([])
  })

  it('leads from page to page, to the code of an example', async () => {
    const [page, errors] = await open()
    const content = page.locator('.col-content')
    for (const link of ['Documentation', 'Examples', 'logbook']) {
      await content.getByRole('link', { name: link, exact: true }).first().click()
    }
    await content.getByRole('heading', { name: 'An entry in a logbook' }).waitFor()
    expect(await content.innerText()).toContain('await readFile(parameters.figure)')
    expect(errors).toEqual([])
  })

  it('does not take a drawing for a program', async () => {
    const [page] = await open()
    const drawing = page.locator('pre', { hasText: 'RunEngine' }).first()
    expect(await drawing.locator('span').count()).toBeLessThan(2)
  })
})
