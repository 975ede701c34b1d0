import { hasKeys, type JsonSchema, valuesOf, variantsOf } from './json-schema.js'
import { valueText } from './value-text.js'

interface Section {
  /** The path of the object, with `[]` for an item of a list and `.NAME` for one of a mapping. */
  readonly title: string
  readonly schema: JsonSchema
}

/**
 * A schema as Markdown: a table of keys for the object itself and one for each object inside. What is the same
 * in several places is shown once.
 *
 * @param first - the title of the object itself.
 */
export function schemaSections(schema: JsonSchema, first: string): string {
  const sections: Section[] = []
  collect({ title: first, schema }, '', sections)
  const titles = new Map(sections.map((section) => [keyOf(section.schema), section.title]))
  return sections
    .map(({ title, schema: object }) => `## ${title}\n\n${tableOf(object, titles)}\n`)
    .join('\n')
}

/** What makes two objects the same: their keys, whatever is said of the objects themselves. */
function keyOf({ properties, required }: JsonSchema): string {
  return JSON.stringify([properties, required])
}

function collect(section: Section, path: string, sections: Section[]): void {
  if (sections.some((each) => keyOf(each.schema) === keyOf(section.schema))) return
  sections.push(section)
  for (const [name, schema] of Object.entries(section.schema.properties ?? {})) {
    inside(schema, path === '' ? name : `${path}.${name}`, sections)
  }
}

/** The objects in a value, each with its path. */
function inside(schema: JsonSchema, path: string, sections: Section[]): void {
  const variants = variantsOf(schema)
  const objects = variants.filter(hasKeys)
  for (const variant of variants) {
    if (hasKeys(variant)) {
      const kind = objects.length > 1 ? variant.properties?.kind?.const : undefined
      const title = typeof kind === 'string' ? `${path} (${kind})` : path
      collect({ title, schema: variant }, path, sections)
    }
    if (variant.items) inside(variant.items, `${path}[]`, sections)
    const values = valuesOf(variant)
    if (values) inside(values, `${path}.NAME`, sections)
  }
}

function tableOf(object: JsonSchema, titles: ReadonlyMap<string, string>): string {
  const link = (inner: JsonSchema): string => {
    const title = titles.get(keyOf(inner)) ?? ''
    return `[${title}](#${anchorOf(title)})`
  }
  const rows = Object.entries(object.properties ?? {}).map(([name, schema]) => {
    const required = object.required?.includes(name) ? 'Required.' : ''
    return `| \`${name}\` | ${cell(valueText(schema, link))} | ${cell(aboutOf(schema, required))} |`
  })
  return ['| key | value | what it is |', '| --- | --- | --- |', ...rows].join('\n')
}

function aboutOf(schema: JsonSchema, required: string): string {
  const { description = '' } = schema
  const said = schema.default === undefined || /\bDefault\b/u.test(description)
  const byDefault = said ? '' : `Default \`${JSON.stringify(schema.default)}\`.`
  return [description, byDefault, required].filter((text) => text !== '').join(' ')
}

/** A text in a table's cell: nothing in it ends the cell or is taken for a tag. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/(?<!`)\{ (?<inner>[^`|{}]*) \}(?!`)/gu, '`{ $<inner> }`')
    .replaceAll('*', '\\*')
}

/** The anchor that GitHub makes of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
