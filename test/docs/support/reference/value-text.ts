import { hasKeys, type JsonSchema, valuesOf, variantsOf } from './json-schema.js'

/** Beyond these a bound is only that of the number's type. */
const huge = Number.MAX_SAFE_INTEGER

/**
 * What a value may be, in words.
 *
 * @param link - names an object whose keys are listed elsewhere.
 */
export function valueText(schema: JsonSchema, link: (object: JsonSchema) => string): string {
  const texts = variantsOf(schema).map((variant) => oneText(variant, link))
  return [...new Set(texts)].join(' or ')
}

function oneText(schema: JsonSchema, link: (object: JsonSchema) => string): string {
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (hasKeys(schema)) return link(schema)
  const values = valuesOf(schema)
  if (values) {
    const text = valueText(values, link)
    return text === 'anything' ? 'mapping' : `mapping of names to ${text}`
  }
  if (schema.type === 'array') {
    return `list of ${schema.items?.enum ? 'any of ' : ''}${valueText(schema.items ?? {}, link)}`
  }
  return simpleText(schema)
}

function simpleText(schema: JsonSchema): string {
  const { type, pattern } = schema
  if (Array.isArray(type))
    return type.map((each) => simpleText({ ...schema, type: each })).join(' or ')
  switch (type) {
    case undefined:
      return 'anything'
    case 'string':
      if (pattern?.includes('(ms|s|m|h|d)')) return 'duration'
      return pattern?.includes('MiB') ? 'size' : 'text'
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'whole number' : 'number'}${boundsText(schema)}`
    case 'boolean':
      return '`true`, `false`'
    default:
      return String(type)
  }
}

function boundsText({ minimum = -huge, maximum = huge }: JsonSchema): string {
  const [from, to] = [minimum > -huge, maximum < huge]
  if (from && to) return ` from ${minimum} to ${maximum}`
  if (from) return ` from ${minimum}`
  return to ? ` up to ${maximum}` : ''
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
