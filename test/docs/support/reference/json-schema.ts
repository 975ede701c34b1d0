/** A JSON Schema, as far as the pages show one. */
export interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** The alternatives of a schema; a schema without any is its only one. */
export function variantsOf(schema: JsonSchema): readonly JsonSchema[] {
  return (schema.anyOf ?? schema.oneOf ?? [schema]).flatMap((each) =>
    each === schema ? [each] : variantsOf(each),
  )
}

/** Whether an object's keys are listed, and not whatever somebody names them. */
export function hasKeys(schema: JsonSchema): boolean {
  return Object.keys(schema.properties ?? {}).length > 0
}

/** What a mapping by free names has for values; null if it is none. */
export function valuesOf(schema: JsonSchema): JsonSchema | null {
  if (hasKeys(schema) || schema.type !== 'object') return null
  const { additionalProperties } = schema
  return typeof additionalProperties === 'object' ? additionalProperties : {}
}
