import { isMap, isPair, isScalar, isSeq, type Node } from 'yaml'

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
      /\$(?<escaped>\$)?\{(?<variable>[A-Za-z_]\w*)\}/gu,
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
