import { runStartMetadata } from './metadata.mjs'
import { typeNames } from './names.mjs'

/** A value of any kind. What the schemas call DataType forbids some keys, which no type can say. */
const anything = (description) => ({ description, tsType: 'unknown' })

/** Refers to a type that is written beside it, instead of copying the type into each use. */
function typed({ $ref, description }, $defs) {
  const name = $ref.replace('#/$defs/', '')
  if (name === 'DataType') return anything(description)
  // a name for a bare list says less than the list
  if ($defs[name].type === 'array') return { ...tidy($defs[name], $defs), description }
  return { description, tsType: name }
}

/** Drops what makes json-schema-to-typescript name a type for each titled field. */
function tidy(schema, $defs) {
  if (schema.$ref) return typed(schema, $defs)
  const { title: _title, default: _default, items, anyOf, properties, ...rest } = schema
  if (!('type' in rest) && !anyOf) return anything(rest.description)
  const more = rest.additionalProperties
  return {
    ...rest,
    ...(items && { items: tidyItems(items, $defs) }),
    ...(anyOf && {
      anyOf: anyOf.map((option) => ({ ...tidy(option, $defs), description: undefined })),
    }),
    ...(properties && { properties: tidyAll(properties, $defs) }),
    ...(typeof more === 'object' && { additionalProperties: tidy(more, $defs) }),
    ...(rest.type === 'object' && !properties && !more && { additionalProperties: true }),
  }
}

const tidyAll = (schemas, $defs) =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, tidy(schema, $defs)]))

/** A tuple: json-schema-to-typescript knows the older spelling of `prefixItems`. */
const tidyItems = ({ prefixItems, ...items }, $defs) =>
  prefixItems
    ? {
        ...items,
        items: prefixItems.map((item) => ({ ...tidy(item, $defs), description: undefined })),
      }
    : tidy(items, $defs)

/** Takes the fields of `allOf` into the document itself: a reader wants to see one list. */
function flatten({ allOf = [], unevaluatedProperties, $defs = {}, ...schema }) {
  const parts = allOf.map(({ $ref }) => $defs[$ref.replace('#/$defs/', '')])
  const properties = Object.assign({}, schema.properties, ...parts.map((part) => part.properties))
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))),
    required: [...(schema.required ?? []), ...parts.flatMap((part) => part.required ?? [])],
    ...(unevaluatedProperties !== undefined && { additionalProperties: unevaluatedProperties }),
  }
}

/** Keys that a pattern allows: TypeScript can't check keys, so each becomes "any other key". */
function openKeys({ patternProperties, ...schema }) {
  const [pattern] = Object.values(patternProperties ?? {})
  return pattern ? { ...schema, additionalProperties: pattern } : schema
}

function withMetadata(name, schema) {
  if (name !== 'start') return schema
  const clash = Object.keys(runStartMetadata).filter((key) => key in schema.properties)
  if (clash.length > 0) throw new Error(`event-model now has ${clash}: drop it from metadata.mjs`)
  return { ...schema, properties: { ...schema.properties, ...runStartMetadata } }
}

/** The definitions that get a type of their own: neither those that `allOf` took in nor bare lists. */
function definitions({ $defs = {}, allOf = [] }) {
  const taken = ['DataType', ...allOf.map(({ $ref }) => $ref.replace('#/$defs/', ''))]
  return Object.entries($defs).filter(
    ([name, { type }]) => type !== 'array' && !taken.includes(name),
  )
}

/** `[typeName, schema]` for one document and what it is made of, in a form that makes readable types. */
export function readableSchemas(name, schema) {
  if (name === 'bulk_events') return readableBulkEvents(schema)
  const { $defs = {} } = schema
  const document = tidy(openKeys(withMetadata(name, flatten(schema))), $defs)
  return [
    [typeNames[name], document],
    ...definitions(schema).map(([type, definition]) => [type, tidy(definition, $defs)]),
  ]
}

/** Its schema has no title of its own; the one inside belongs to the single event. */
function readableBulkEvents({ patternProperties }) {
  const { items } = Object.values(patternProperties)[0]
  const description = 'Events by the uid of their descriptor. Deprecated in favour of EventPage.'
  const events = { type: 'array', items: { tsType: 'BulkEvent' } }
  return [
    ['BulkEvents', { description, type: 'object', additionalProperties: events }],
    ['BulkEvent', tidy(items, {})],
  ]
}
