import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Hono } from 'hono'

import { packageFolder } from '../package-folder.js'
import { ownPage } from '../http/policies.js'

/** The page's files, by name: nothing else is served of its folder. */
const files: Readonly<Record<string, string>> = {
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** The page as an app: its files, and the one HTML document for all of its own addresses. */
export function pageFiles(): Hono {
  const app = new Hono()
  for (const [name, type] of Object.entries(files)) {
    app.get(`/page/${name}`, () => send(name, type))
  }
  app.get('/', (c) => sendHtml(c.req.url.includes('?') ? {} : { link: firstRuns }))
  app.get('/runs/:uid', () => sendHtml())
  return app
}

/** The runs are asked for while the script is still on its way; as the page does it without filters. */
const firstRuns = '</api/v1/runs?limit=50>; rel=preload; as=fetch; crossorigin=anonymous'

async function sendHtml(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const response = await send('index.html', 'text/html; charset=utf-8')
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/** They are read each time: they are small, and an update of the package counts at once. */
async function send(name: string, type: string): Promise<Response> {
  const content = await readFile(join(packageFolder(), 'dist', 'page', name))
  return new Response(new Uint8Array(content), {
    headers: { ...ownPage, 'content-type': type, 'cache-control': 'no-cache' },
  })
}
