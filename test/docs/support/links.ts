/** A link of a page, and the line that it stands on, from 1. */
export interface Link {
  readonly target: string
  readonly line: number
}

/** The lines of a page without its fenced blocks, which are blank in their place. */
function prose(text: string): string[] {
  let fence: string | undefined
  return text.split('\n').map((line) => {
    const mark = /^\s*(?<mark>`{3,}|~{3,})/u.exec(line)?.groups?.mark
    if (fence === undefined) {
      fence = mark
      return mark === undefined ? line : ''
    }
    if (mark?.startsWith(fence)) fence = undefined
    return ''
  })
}

/** The links and images of a page that are written as Markdown or HTML has them, also over a line's end. */
export function linksOf(text: string): Link[] {
  const page = prose(text)
    .join('\n')
    .replace(/`[^`\n]*`/gu, (code) => ' '.repeat(code.length))
  const patterns = [
    /\]\(\s*<?(?<target>[^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/gu,
    /^ {0,3}\[[^\]]+\]:\s*(?<target>\S+)/gmu,
    /<(?:a|img)\b[^>]*\b(?:href|src)="(?<target>[^"]+)"/gu,
  ]
  return patterns.flatMap((pattern) =>
    [...page.matchAll(pattern)].map((found) => ({
      target: found.groups?.target ?? '',
      line: page.slice(0, found.index).split('\n').length,
    })),
  )
}

/** The anchors of a page: what GitHub makes of its headings, and those written as HTML. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const line of prose(text)) {
    const heading = /^ {0,3}#{1,6}\s+(?<heading>.*?)\s*#*$/u.exec(line)?.groups?.heading
    if (heading !== undefined) {
      const slug = slugOf(heading)
      let unique = slug
      for (let n = 1; anchors.has(unique); n += 1) unique = `${slug}-${n}`
      anchors.add(unique)
    }
    for (const { groups } of line.matchAll(/\b(?:id|name)="(?<id>[^"]+)"/gu)) {
      if (groups?.id !== undefined) anchors.add(groups.id)
    }
  }
  return anchors
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[(?<text>[^\]]*)\]\([^)]*\)/gu, '$<text>')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
