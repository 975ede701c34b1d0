import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './python.js'

/** A row of a table: what is in each column, by the column's title. */
export type Row = Readonly<Record<string, string>>

/** The rows of the table under a heading of a page in the checkout. */
export function tableOf(page: string, heading: string): Row[] {
  const text = readFileSync(join(root, page), 'utf8')
  const [, section = ''] = text.split(new RegExp(`^## ${heading}$`, 'mu'))
  const [titles, , ...rows] = section
    .split(/^## /mu, 1)[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cellsOf)
  if (!titles) throw new Error(`${page} has no table under ## ${heading}`)
  return rows.map((cells) => Object.fromEntries(titles.map((title, i) => [title, cells[i] ?? ''])))
}

/** What stands between backticks. */
export function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/gu)].map(([, code]) => code!)
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
