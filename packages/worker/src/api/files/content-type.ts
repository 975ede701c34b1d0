import { extname } from 'node:path'

/** How a file is handed out. */
export interface ContentType {
  /** As browsers know it. */
  readonly type: string
  /** Whether a browser may show it by itself; else it is downloaded. */
  readonly inline: boolean
}

const pictures: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
}

const texts = new Set(['.txt', '.log', '.json', '.csv', '.dat', '.md', '.yml', '.yaml'])

/**
 * How a file is handed out, by its name. What a browser could run is not shown by itself: a picture of the kind
 * SVG is shown as a picture, where no script of it runs, and downloaded else.
 */
export function contentTypeOf(name: string): ContentType {
  const extension = extname(name).toLowerCase()
  const picture = pictures[extension]
  if (picture !== undefined) return { type: picture, inline: true }
  if (texts.has(extension)) return { type: 'text/plain; charset=utf-8', inline: true }
  if (extension === '.svg') return { type: 'image/svg+xml', inline: false }
  // in a frame without scripts, by its policy
  if (extension === '.html') return { type: 'text/html; charset=utf-8', inline: true }
  return { type: 'application/octet-stream', inline: false }
}

/** Whether a file is a figure: a browser can show it as a picture. */
export function isPicture(name: string): boolean {
  const extension = extname(name).toLowerCase()
  return extension === '.svg' || Object.hasOwn(pictures, extension)
}
