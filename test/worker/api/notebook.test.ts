import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { root } from '../../support/python.ts'
import { json, served } from './support.ts'

const attempt = '/api/v1/jobs/job-1/attempts/1'
const script = '<script>alert(1)</script>'

/** A notebook with these cells. */
function notebook(...cells: object[]): string {
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 })
}

const code = (source: unknown, ...outputs: object[]) => ({
  cell_type: 'code',
  source,
  outputs,
  execution_count: 1,
})
const shown = (data: object) => ({ output_type: 'display_data', data })

describe('a rendered notebook', () => {
  it('shows sources, texts, errors and pictures', async () => {
    const { ask, write } = await served()
    const error = { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['\u001b[31mTrace'] }
    const text = { output_type: 'stream', name: 'stdout', text: ['one\n', 'two'] }
    const cells = [
      { cell_type: 'markdown', source: '# Title\n\nWords' },
      code(['a = 1\n', 'b'], text, shown({ 'image/png': 'iVBORw==' }), error),
    ]
    await write('fit.ipynb', notebook(...cells))
    const html = await (await ask(`${attempt}/notebook`)).text()
    expect(html).toContain('<h2>Title</h2>')
    expect(html).toContain('a = 1\nb')
    expect(html).toContain('one\ntwo')
    expect(html).toContain('src="data:image/png;base64,iVBORw=="')
    expect(html).toContain('>Trace</pre>')
  })

  it('has nothing of what it shows as markup, and what is HTML in frames that can do nothing', async () => {
    const { ask, write } = await served()
    const evil = `"'></pre></iframe>${script}`
    const error = { output_type: 'error', ename: evil, evalue: evil, traceback: [evil] }
    const cells = [
      { cell_type: 'markdown', source: `# ${evil}\n\n${evil}` },
      { cell_type: 'raw', source: evil },
      code(evil, { output_type: 'stream', text: evil }, error),
      code(evil, shown({ 'text/html': evil, 'text/plain': evil })),
      code(evil, shown({ 'image/svg+xml': `<svg>${script}</svg>`, 'text/plain': evil })),
      code(evil, shown({ 'image/png': `x" onerror="alert(1)` })),
      code(evil, shown({ 'application/javascript': 'alert(1)' })),
    ]
    await write('fit.ipynb', notebook(...cells))
    const response = await ask(`${attempt}/notebook`)
    const html = await response.text()
    expect(html).not.toContain('<script')
    expect(html).not.toMatch(/<[^>]*\sonerror/u)
    const frames = html.match(/<iframe[^>]*>/gu) ?? []
    expect(frames).toHaveLength(1)
    expect(frames[0]).toMatch(/^<iframe sandbox title="/u)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy.split('; ')).toEqual(expect.arrayContaining([`default-src 'none'`, 'sandbox']))
    expect(policy).not.toContain('script-src')
    expect(policy).not.toContain('allow-')
  })

  it('is told where it can’t be shown, and anything in place of one does no harm', async () => {
    const { ask, write } = await served()
    for (const content of [
      '',
      '{',
      '[]',
      '{"cells": 5}',
      '{"cells": [5, {"source": {}}]}',
      'null',
    ]) {
      await write('fit.ipynb', content)
      const response = await ask(`${attempt}/notebook`)
      expect([content, response.status]).toEqual([content, 200])
      expect((await ask(attempt)).status).toBe(200)
    }
    await write('fit.ipynb', ' '.repeat(17 * 1024 ** 2))
    expect(await (await ask(`${attempt}/notebook`)).text()).toContain('more than is shown here')
  })
})

describe('figures', () => {
  it('are the pictures in the notebook too, each by its number', async () => {
    const { ask, write } = await served()
    const png = readFileSync(join(root, 'packages/worker/src/page/icon.svg'))
    const cells = [
      code('a', shown({ 'image/png': png.toString('base64') })),
      code('b', shown({ 'image/svg+xml': `<svg>${script}</svg>` })),
    ]
    await write('fit.ipynb', notebook(...cells))
    const { figures } = await json(await ask(`${attempt}/figures`))
    expect(figures).toMatchObject([{ title: 'Cell 1' }, { title: 'Cell 2' }])
    const first = await ask(`${attempt}/figures/1`)
    expect(first.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await first.arrayBuffer())).toEqual(png)
    const second = await ask(`${attempt}/figures/2`)
    expect(second.headers.get('content-disposition')).toBe('attachment')
    expect((await ask(`${attempt}/figures/3`)).status).toBe(404)
  })

  it('are new ones when the notebook was saved anew', async () => {
    const { ask, write } = await served()
    await write('fit.ipynb', notebook(code('a')))
    expect(await json(await ask(`${attempt}/figures`))).toEqual({ figures: [] })
    await write('fit.ipynb', notebook(code('a', shown({ 'image/png': 'aaaa' }))))
    const { figures } = await json(await ask(`${attempt}/figures`))
    expect(figures).toHaveLength(1)
  })
})
