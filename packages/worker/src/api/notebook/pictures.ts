import type { Notebook, Output } from './read-notebook.js'
import { formOf } from './read-notebook.js'

/** A picture among a notebook's outputs. */
export interface Picture {
  /** The cell that made it, from 1. */
  readonly cell: number
  readonly type: string
  readonly bytes: Buffer
}

/** As bytes in base64, or as text. */
const forms = [
  { type: 'image/png', encoding: 'base64' },
  { type: 'image/jpeg', encoding: 'base64' },
  { type: 'image/gif', encoding: 'base64' },
  { type: 'image/svg+xml', encoding: 'utf8' },
] as const

/** No more of one notebook are shown as figures. */
const most = 200

/** The picture that an output is; null if it is none. */
export function pictureOf(output: Output): { type: string; bytes: Buffer } | null {
  for (const { type, encoding } of forms) {
    const text = formOf(output, type)
    if (text !== null) return { type, bytes: Buffer.from(text, encoding) }
  }
  return null
}

/** The pictures that a notebook shows, in their order. */
export function picturesOf({ cells }: Notebook): Picture[] {
  const found: Picture[] = []
  for (const [index, { outputs }] of cells.entries()) {
    for (const output of outputs) {
      const picture = pictureOf(output)
      if (!picture) continue
      found.push({ cell: index + 1, ...picture })
      if (found.length === most) return found
    }
  }
  return found
}
