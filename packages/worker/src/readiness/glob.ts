import { readdir } from 'node:fs/promises'
import { join, parse, sep } from 'node:path'

/** What stands for `*` and `?` of the config in a path, so that those of a document's values are themselves. */
export const anyText = '\uE000'
export const anyCharacter = '\uE001'

/** How many files a pattern may find. */
export const maxMatches = 10_000

/** Puts the wildcards of the config's own text in their place. */
export function withWildcards(text: string): string {
  return text.replaceAll('*', anyText).replaceAll('?', anyCharacter)
}

/** A path with its wildcards as people write them. */
export function shownPattern(path: string): string {
  return path.replaceAll(anyText, '*').replaceAll(anyCharacter, '?')
}

/** Whether a path, or a part of it, has wildcards. */
export function hasWildcards(text: string): boolean {
  return text.includes(anyText) || text.includes(anyCharacter)
}

/**
 * The paths that an absolute pattern matches; one without wildcards is returned whether it is there or not.
 * Names that begin with a dot match only a pattern that does.
 *
 * @returns at most one more than {@link maxMatches}.
 * @throws the error of a folder that can't be read, unless it is not there.
 */
export async function filesMatching(pattern: string): Promise<string[]> {
  const { root } = parse(pattern)
  let found = [root]
  for (const part of pattern.slice(root.length).split(sep)) {
    const next: string[] = []
    for (const folder of found) {
      if (next.length > maxMatches) break
      if (!hasWildcards(part)) next.push(join(folder, part))
      else for (const name of await namesIn(folder, part)) next.push(join(folder, name))
    }
    found = next.slice(0, maxMatches + 1)
  }
  return found
}

async function namesIn(folder: string, part: string): Promise<string[]> {
  const matches = expressionFor(part)
  const hidden = part.startsWith('.')
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
  return names.filter((name) => (hidden || !name.startsWith('.')) && matches.test(name)).sort()
}

function expressionFor(part: string): RegExp {
  const source = part
    // neighbours mean the same, and would take long
    .replace(new RegExp(`${anyText}+`, 'gu'), anyText)
    .replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')
    .replaceAll(anyText, '.*')
    .replaceAll(anyCharacter, '.')
  return new RegExp(`^${source}$`, 'su')
}
