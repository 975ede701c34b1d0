import { Comment, CommentTag, Converter } from 'typedoc'

/** Where the pages stand in the site's menu, by the folder below `docs`. */
const categories = new Map([
  ['tutorials', 'Tutorials'],
  ['how-to', 'How to'],
  ['reference', 'Reference'],
  ['explanation', 'Explanation'],
  ['decisions', 'Decisions'],
])

/** Plugin of typedoc: pages have their first heading for a name, and stand in its menu by their folder. */
export function load(app) {
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
  })
}
