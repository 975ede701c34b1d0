import type { ValidatorError } from './collect-errors.js'
import { documentPath } from './document-path.js'

/** One thing that is wrong with a document. */
export interface DocumentIssue {
  /** Where, from the document `$`: such as `$.data_keys.det.shape[0]` or `$.sample["a.b"]`. */
  readonly path: string
  /** What would be right there, to be read behind the path: such as `must be integer`. */
  readonly message: string
  /** JSON schema's word for what is not met: such as `type` or `required`. */
  readonly keyword: string
}

/** Says what the errors of a validator mean for `doc`. */
export function toIssues(
  doc: unknown,
  errors: readonly ValidatorError[],
): readonly DocumentIssue[] {
  return joinAlternatives(errors).map((error) => ({
    path: documentPath(doc, error.instancePath, keyOf(error)),
    message: messageOf(error),
    keyword: error.keyword,
  }))
}

/** The key that an error is about, where the validator only points at the object around it. */
function keyOf({ params }: ValidatorError): string | undefined {
  const key = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty
  return typeof key === 'string' ? key : undefined
}

function messageOf({ keyword, params }: ValidatorError): string {
  switch (keyword) {
    case 'type':
      return `must be ${String(params.type)}`
    case 'required':
      return 'is missing'
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return forbiddenKey(String(params.additionalProperty ?? params.unevaluatedProperty))
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).map(String).join(', ')}`
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`
    case 'pattern':
      return `must match ${String(params.pattern)}`
    case 'minItems':
      return `must have at least ${String(params.limit)} items`
    case 'maxItems':
      return `must have at most ${String(params.limit)} items`
    case 'anyOf':
      return `must be ${(params.types as string[]).join(' or ')}`
    default:
      return `does not meet "${keyword}" of the schema`
  }
}

/** Most keys that are not allowed are metadata whose name event_model refuses. */
function forbiddenKey(key: string): string {
  if (key === '') return 'is not allowed: a key must not be empty'
  const character = ['.', '/'].find((candidate) => key.includes(candidate))
  return character === undefined
    ? 'is not allowed here'
    : `is not allowed: a key must not contain "${character}"`
}

/**
 * Makes one error of "must be string", "must be null" and "must match one of these": `anyOf`. What is
 * wrong deeper inside an alternative stays. A validator lists the errors of the alternatives right
 * before their `anyOf`.
 */
function joinAlternatives(errors: readonly ValidatorError[]): readonly ValidatorError[] {
  const joined: ValidatorError[] = []
  for (const error of errors) {
    if (error.keyword === 'anyOf') joined.push(...joinOne(joined, error))
    else joined.push(error)
  }
  return joined
}

/** Takes the errors of the alternatives off the end of `joined`, and gives back what to put there. */
function joinOne(joined: ValidatorError[], anyOf: ValidatorError): readonly ValidatorError[] {
  const types: string[] = []
  const inside: ValidatorError[] = []
  for (let last = joined.at(-1); last && isWithin(last, anyOf); last = joined.at(-1)) {
    joined.pop()
    const isAlternative = last.keyword === 'type' && last.instancePath === anyOf.instancePath
    if (isAlternative) types.unshift(String(last.params.type))
    else inside.unshift(last)
  }
  if (inside.length > 0) types.push('of another allowed form')
  return [...inside, { ...anyOf, params: { types } }]
}

function isWithin(error: ValidatorError, anyOf: ValidatorError): boolean {
  const { instancePath } = anyOf
  return error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`)
}
