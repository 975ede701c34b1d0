import { EventModelValueError } from '../../errors/event-model-errors.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import { lengthOf } from '../validate/json-types.js'
import { setOwn } from '../values/own-properties.js'
import {
  type Column,
  columnOf,
  type Dict,
  dictOf,
  fieldOf,
  rowsOf,
  sliceColumn,
} from './columns.js'

/** What the two kinds of page have in common: how they are cut and put together. */
export interface PageLayout {
  readonly kind: 'event_page' | 'datum_page'
  /** What all of a page's documents belong to. */
  readonly owner: string
  /** Lists with one item for each document; by the first one they are counted. */
  readonly lists: readonly [string, ...string[]]
  /** Dicts of such lists. */
  readonly tables: readonly string[]
}

/** How an EventPage is laid out. */
export const eventPageLayout: PageLayout = {
  kind: 'event_page',
  owner: 'descriptor',
  lists: ['uid', 'seq_num', 'time'],
  tables: ['data', 'timestamps', 'filled'],
}

/** How a DatumPage is laid out. */
export const datumPageLayout: PageLayout = {
  kind: 'datum_page',
  owner: 'resource',
  lists: ['datum_id'],
  tables: ['datum_kwargs'],
}

/**
 * Puts pages together; a single one is given back as it is.
 *
 * @throws EventModelValueError if there is none, or if they don't belong together.
 */
export function mergePages(layout: PageLayout, pages: readonly object[]): object {
  const { kind, owner } = layout
  const [first] = pages
  if (first === undefined) throw new EventModelValueError(`there is no ${kind} to merge`)
  if (pages.length === 1) return first
  const owns = fieldOf(first, owner, kind)
  if (pages.some((page) => (page as Dict)[owner] !== owns)) {
    throw new EventModelValueError(`only ${kind}s of one ${owner} can be merged`)
  }
  return build(
    layout,
    owns,
    (field) => pages.flatMap((page) => rowsOf(listOf(layout, page, field))),
    (field) =>
      mergeTables(
        pages.map((page) => tableOf(layout, page, field)),
        `${kind}.${field}`,
      ),
  )
}

function mergeTables(tables: readonly Dict[], where: string): Dict {
  const merged: Record<string, unknown> = {}
  const keys = Object.keys(tables[0] ?? {})
  for (const table of tables) {
    if (Object.keys(table).length !== keys.length || !keys.every((k) => Object.hasOwn(table, k))) {
      throw new EventModelValueError(`${where}: the pages to merge have different keys`)
    }
  }
  for (const key of keys) {
    const columns = tables.map((table) => columnOf(table[key], `${where}.${key}`))
    setOwn(merged, key, columns.flatMap(rowsOf))
  }
  return merged
}

/**
 * Cuts a stream of pages anew, into pages of `size` documents; the last one has what is left.
 *
 * @throws BlueskyError `bad-option` if `size` is no whole number above 0; EventModelValueError if pages
 *   that share a new one don't belong together.
 */
export function* rechunkPages(
  layout: PageLayout,
  pages: Iterable<object>,
  size: number,
): Generator<object, void, undefined> {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new BlueskyError('bad-option', `chunkSize must be a whole number above 0; it is ${size}`)
  }
  let missing = size
  let parts: object[] = []
  for (const page of pages) {
    for (const part of cut(layout, page, missing, size)) {
      missing -= lengthOf(listOf(layout, part, layout.lists[0]))
      parts.push(part)
      if (missing > 0) continue
      yield mergePages(layout, parts)
      missing = size
      parts = []
    }
  }
  if (parts.length > 0) yield mergePages(layout, parts)
}

/** A page in parts: of `first` documents, and then of `size`. */
function* cut(
  layout: PageLayout,
  page: object,
  first: number,
  size: number,
): Generator<object, void, undefined> {
  const total = lengthOf(listOf(layout, page, layout.lists[0]))
  yield slicePage(layout, page, 0, first)
  for (let from = first; from < total; from += size) {
    yield slicePage(layout, page, from, from + size)
  }
}

function slicePage(layout: PageLayout, page: object, from: number, to: number): object {
  return build(
    layout,
    (page as Dict)[layout.owner],
    (field) => sliceColumn(listOf(layout, page, field), from, to),
    (field) => {
      const table = tableOf(layout, page, field)
      const sliced: Record<string, unknown> = {}
      for (const key of Object.keys(table)) {
        const column = columnOf(table[key], `${layout.kind}.${field}.${key}`)
        setOwn(sliced, key, sliceColumn(column, from, to))
      }
      return sliced
    },
  )
}

function build(
  layout: PageLayout,
  owns: unknown,
  list: (field: string) => Column,
  table: (field: string) => Dict,
): object {
  return {
    [layout.owner]: owns,
    ...Object.fromEntries(layout.lists.map((field) => [field, list(field)])),
    ...Object.fromEntries(layout.tables.map((field) => [field, table(field)])),
  }
}

function listOf({ kind }: PageLayout, page: object, field: string): Column {
  return columnOf(fieldOf(page, field, kind), `${kind}.${field}`)
}

function tableOf({ kind }: PageLayout, page: object, field: string): Dict {
  // the schema lets a page leave it out
  if (field === 'filled' && (page as Dict).filled === undefined) return {}
  return dictOf(page, field, kind)
}
