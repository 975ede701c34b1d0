import { blocksOfPages } from '../docs/support/blocks.js'

/** The blocks of a page in a language, in order, as they are shown. */
export function blocksOn(page: string, language: string): string[] {
  const found = blocksOfPages().filter(
    (block) => block.file === page && block.language === language,
  )
  if (found.length === 0) throw new Error(`${page} shows no ${language}`)
  return found.map(({ code }) => code)
}

/** A text with what is really there in place of what it names; each of the names has to be in it. */
export function placed(text: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce((before, [name, real]) => {
    if (!before.includes(name)) throw new Error(`"${name}" is not in ${before}`)
    return before.replaceAll(name, real)
  }, text)
}
