import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { root } from '../support/python.js'

/** What a page says that a test is called, and where that test is. */
interface Claim {
  readonly title: string
  readonly file: string
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

function claimsOf(page: string, text = read(page)): Claim[] {
  return [...text.matchAll(/\[(?<title>[^\]]+)\]\((?<target>[^)]+\.test\.ts)\)/gu)].map(
    ({ groups }) => ({
      title: groups?.title ?? '',
      file: join(dirname(page), groups?.target ?? ''),
    }),
  )
}

/** Why a claim names no test; null if it does. */
function problem({ title, file }: Claim): string | null {
  if (!existsSync(join(root, file))) return `there is no ${file}`
  // what stands in a title behind a comma or colon may be computed
  const starts = ["'", '`', '"'].map((quote) => `${quote}${title}`)
  return starts.some((start) => read(file).includes(start)) ? null : `${file} has no "${title}"`
}

describe.each(['docs/explanation/guarantees.md', 'docs/explanation/security-model.md'])(
  'each claim of %s',
  (page) => {
    const text = read(page)

    it('names a test that there is', () => {
      const claims = claimsOf(page)
      expect(claims.length).toBeGreaterThan(20)
      expect(claims.map(problem).filter((each) => each !== null)).toEqual([])
    })

    it('names one at all', () => {
      const rows = text.split('\n').filter((line) => /^\|.*\|$/u.test(line))
      const tables = rows
        .join('\n')
        .split(/^\| (?:claim|boundary) .*\n\|[ |-]*\|\n/mu)
        .slice(1)
      const unproved = tables
        .flatMap((table) => table.split(/^\| what /mu)[0]!.split('\n'))
        .filter((row) => row !== '' && claimsOf(page, row).length === 0)
      expect(tables.length).toBeGreaterThan(3)
      expect(unproved).toEqual([])
    })

    it('names places in the code that there are', () => {
      const places = [...text.matchAll(/`(packages\/[^`]+)`/gu)].map(([, place]) => place!)
      expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([])
    })
  },
)

it('a claim without its test is told', () => {
  const page = 'docs/explanation/guarantees.md'
  const [wrong, gone] = claimsOf(
    page,
    '[flies](../../test/docs/links.test.ts), [flies](../../test/no.test.ts)',
  )
  expect(problem(wrong!)).toContain('has no "flies"')
  expect(problem(gone!)).toBe('there is no test/no.test.ts')
})
