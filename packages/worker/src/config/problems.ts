import { distance } from 'fastest-levenshtein'
import { z } from 'zod'

import { configSchema } from './schema.js'

type Issue = z.core.$ZodIssue

/** A problem with the keys that lead to it. */
export interface LocatedProblem {
  readonly keys: readonly PropertyKey[]
  readonly message: string
}

/** What zod found, for people: one problem each, an unknown key with the nearest known one. */
export function problemsOf(
  issues: readonly Issue[],
  above: readonly PropertyKey[] = [],
): LocatedProblem[] {
  return issues.flatMap((issue): LocatedProblem[] => {
    const keys = [...above, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ keys: [...keys, key], message: unknownKey(keys, key) }))
    }
    const required = issue.code === 'invalid_type' || issue.code === 'invalid_union'
    if (required && issue.input === undefined) {
      return [{ keys, message: 'is missing, and has no default' }]
    }
    if (issue.code === 'invalid_union') return problemsOfUnion(issue, keys)
    if (issue.code === 'invalid_key') return problemsOf(issue.issues, keys)
    return [{ keys, message: issue.message.replace(/^Invalid input: /u, '') }]
  })
}

/** Of a union's branches, the one that the value came closest to. */
function problemsOfUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  keys: readonly PropertyKey[],
): LocatedProblem[] {
  // the word that tells the kinds apart is none of them
  if (issue.errors.length === 0) return [{ keys, message: issue.message }]
  const branches = issue.errors.map((errors) => problemsOf(errors, keys))
  const depth = (problems: readonly LocatedProblem[]): number =>
    Math.max(...problems.map((problem) => problem.keys.length))
  const [best] = branches.sort((a, b) => depth(b) - depth(a))
  if (best && depth(best) > keys.length) return best
  return [{ keys, message: branches.map((problems) => problems[0]?.message).join(', or ') }]
}

function unknownKey(above: readonly PropertyKey[], key: string): string {
  const known = knownKeys(above)
  const [nearest] = [...known].sort((a, b) => distance(key, a) - distance(key, b))
  const suggestion =
    nearest !== undefined && distance(key, nearest) <= Math.max(2, key.length / 3)
      ? `; did you mean "${nearest}"?`
      : `; known here: ${known.join(', ')}`
  return `unknown key${suggestion}`
}

/** The keys that the schema knows at a place. */
function knownKeys(keys: readonly PropertyKey[]): string[] {
  let nodes: JsonSchema[] = [z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema]
  for (const key of keys) {
    nodes = nodes.flatMap(branches).flatMap((node) => {
      if (typeof key === 'number') return node.items ? [node.items] : []
      const next = node.properties?.[String(key)] ?? node.additionalProperties
      return typeof next === 'object' ? [next] : []
    })
  }
  return nodes.flatMap(branches).flatMap((node) => Object.keys(node.properties ?? {}))
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  /** Of a record, whose keys are free. */
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

function branches(node: JsonSchema): readonly JsonSchema[] {
  return node.anyOf ?? node.oneOf ?? [node]
}
