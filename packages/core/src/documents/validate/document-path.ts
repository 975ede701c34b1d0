import { elementOf, isArray } from './json-types.js'

const plainKey = /^[A-Za-z_$][\w$]*$/

/**
 * Writes a JSON pointer into `doc` as a person would: `/data_keys/det/shape/0` becomes
 * `$.data_keys.det.shape[0]`. Unusual keys are quoted and escaped, so that they can be logged.
 *
 * @param key - one more key behind the pointer
 */
export function documentPath(doc: unknown, pointer: string, key?: string): string {
  const tokens = pointer.split('/').slice(1).map(unescapeToken)
  let path = '$'
  let value = doc
  for (const token of tokens) {
    path += isArray(value) ? `[${token}]` : member(token)
    value = step(value, token)
  }
  return key === undefined ? path : path + member(key)
}

const unescapeToken = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~')

const member = (key: string) => (plainKey.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)

function step(value: unknown, token: string): unknown {
  if (isArray(value)) return elementOf(value, Number(token))
  return (value as Record<string, unknown> | undefined)?.[token]
}
