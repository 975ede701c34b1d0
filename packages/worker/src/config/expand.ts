import { isMap, isPair, isScalar, isSeq, type Node } from 'yaml'

const reference = /\$(?<escaped>\$)?\{(?<variable>[A-Za-z_]\w*)\}/gu

/**
 * Replaces `${VAR}` in the config's own strings with the environment's values; `$${VAR}` stays as `${VAR}`.
 *
 * @param unset - told of a variable that is not set, with the node where it stands.
 */
export function expandVariables(
  node: unknown,
  environment: NodeJS.ProcessEnv,
  unset: (variable: string, node: Node) => void,
): void {
  if (isScalar(node) && typeof node.value === 'string') {
    node.value = node.value.replace(
      reference,
      (whole, escaped: string | undefined, variable: string) => {
        if (escaped !== undefined) return whole.slice(1)
        const value = environment[variable]
        if (value === undefined) unset(variable, node)
        return value ?? ''
      },
    )
  } else if (isMap(node) || isSeq(node)) {
    for (const item of node.items) expandVariables(item, environment, unset)
  } else if (isPair(node)) {
    expandVariables(node.value, environment, unset)
  }
}

/** The keys of the config whose values nobody else is to see. */
const secretKeys: readonly unknown[] = [
  'secrets',
  'secret',
  'key',
  'password',
  'token',
  // with which a probe signs in
  'headers',
]

function isSecretKey(key: unknown): boolean {
  return isScalar(key) && secretKeys.includes(key.value)
}

/**
 * The names of the environment variables that any `secrets` of the config are taken from, before they are
 * replaced: what is a secret for one notebook is not to reach the others by another way.
 */
export function variablesOfSecrets(node: unknown): string[] {
  const found = new Set<string>()
  const visit = (each: unknown, secret: boolean): void => {
    if (isPair(each)) visit(each.value, secret || isSecretKey(each.key))
    else if (isMap(each) || isSeq(each)) for (const item of each.items) visit(item, secret)
    else if (secret && isScalar(each) && typeof each.value === 'string') {
      for (const { groups } of each.value.matchAll(reference)) {
        if (groups?.variable !== undefined && groups.escaped === undefined)
          found.add(groups.variable)
      }
    }
  }
  visit(node, false)
  return [...found]
}
