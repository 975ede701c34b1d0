import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { describe, expect, it } from 'vitest'

import { root } from '../support/python.js'
import { pages } from './support/blocks.js'
import { anchorsOf, type Link, linksOf } from './support/links.js'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const isElsewhere = (target: string): boolean => /^[a-z][a-z\d+.-]*:/iu.test(target)

/** Why a link of a page leads nowhere; null if it leads somewhere. */
function problem(page: string, { target }: Link): string | null {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), decodeURIComponent(path))
  if (relative('.', file).startsWith('..')) return 'it leads out of the checkout'
  if (!existsSync(join(root, file))) return 'there is no such file'
  if (anchor === undefined || !file.endsWith('.md')) return null
  if (statSync(join(root, file)).isDirectory()) return 'a folder has no anchors'
  const anchors = anchorsOf(read(file))
  return anchors.has(anchor) ? null : `${file} has no heading #${anchor}`
}

describe('the links of the pages', () => {
  for (const page of [...pages(), 'CONTRIBUTING.md']) {
    it(`lead somewhere: ${page}`, () => {
      const broken = linksOf(read(page))
        .filter(({ target }) => !isElsewhere(target))
        .map((link) => ({ link, why: problem(page, link) }))
        .filter(({ why }) => why !== null)
        .map(({ link: { target, line }, why }) => `${page}:${line}: ${target}: ${why}`)
      expect(broken).toEqual([])
    })
  }

  it('are seen, whichever way they are written', () => {
    const text = [
      '# A page',
      'See [one](a.md), [two](b.md#x "title") and ![three](c.png).',
      '[four]: d.md',
      '<img src="e.png" alt="">',
      'Not `[five](f.md)`.',
      '```',
      '[six](g.md)',
      '```',
      '[seven](h.md)',
    ].join('\n')
    expect(linksOf(text)).toEqual([
      { target: 'a.md', line: 2 },
      { target: 'b.md#x', line: 2 },
      { target: 'c.png', line: 2 },
      { target: 'h.md', line: 9 },
      { target: 'd.md', line: 3 },
      { target: 'e.png', line: 4 },
    ])
  })

  it('find the anchors that GitHub makes of headings', () => {
    const text =
      "# What's `new` in 2.0?\n## Twice\n## Twice\n```\n# not this\n```\n### [A](b.md) link"
    expect([...anchorsOf(text)]).toEqual(['whats-new-in-20', 'twice', 'twice-1', 'a-link'])
  })

  it('are told where they lead nowhere', () => {
    expect(problem('README.md', { target: 'docs/nothing.md', line: 1 })).toBe(
      'there is no such file',
    )
    expect(problem('README.md', { target: 'docs/README.md#nothing', line: 1 })).toBe(
      'docs/README.md has no heading #nothing',
    )
    expect(problem('docs/README.md', { target: '../../secret', line: 1 })).toBe(
      'it leads out of the checkout',
    )
    expect(problem('docs/README.md', { target: '#documentation', line: 1 })).toBeNull()
  })
})
