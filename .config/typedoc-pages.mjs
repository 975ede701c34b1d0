import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

import { Application, Comment, CommentTag, Converter } from 'typedoc'

/** Where the pages stand in the site's menu, by the folder below `docs`. */
const categories = new Map([
  ['tutorials', 'Tutorials'],
  ['examples', 'Examples'],
  ['how-to', 'How to'],
  ['reference', 'Reference'],
  ['explanation', 'Explanation'],
  ['decisions', 'Decisions'],
])

/**
 * Plugin of typedoc: pages have their first heading for a name, and stand in its menu by their folder; those of example
 * projects have the project's files below; a fence without a language is a drawing, and no TypeScript.
 */
export function load(app) {
  // options are read once more after plugins are loaded
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue('markdownItLoader', withPlainFences)
  })
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    const text = page.content.map((part) => part.text).join('')
    const heading = /^# (?<heading>.+)$/mu.exec(text)?.groups?.heading
    if (heading !== undefined) page.name = heading.replaceAll('`', '')
    const path = page.project.files.getReflectionPath(page) ?? ''
    const folder = /\/docs\/(?<folder>[\w-]+)\//u.exec(path)?.groups?.folder
    const category = categories.get(folder) ?? 'Documentation'
    page.comment ??= new Comment()
    page.comment.blockTags.push(
      new CommentTag('@category', Comment.cloneDisplayParts([{ kind: 'text', text: category }])),
    )
    if (/\/docs\/examples\/[\w-]+\//u.test(path)) page.content.push(...filesBeside(path))
  })
}

function withPlainFences(parser) {
  parser.core.ruler.push('plain-fences', ({ tokens }) => {
    for (const token of tokens) if (token.type === 'fence') token.info ||= 'text'
  })
}

/** The other files of a page's folder, each with its name and as code; shown by GitHub beside the page. */
function filesBeside(path) {
  const folder = dirname(path)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .flatMap(({ name }) => {
      const language = { '.yml': 'yaml', '.js': 'javascript' }[extname(name)] ?? 'json'
      const code = readFileSync(join(folder, name), 'utf8')
      return [
        { kind: 'text', text: `\n\n## ${name}\n\n` },
        { kind: 'code', text: `\`\`\`${language}\n${code}\`\`\`` },
      ]
    })
}
