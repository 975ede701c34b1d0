import { toLosslessJson } from '@prompt-papermill/core'

import { oneLine } from '../../log/escape.js'

/** Options of the commands that operate a running worker. */
export interface OperateOptions {
  readonly config: string
  readonly json?: boolean
}

/** Writes a command's answer: for programs with `--json`, else for people. Returns its exit code. */
export function answer({ json }: OperateOptions, data: object, text: string): 0 {
  process.stdout.write(`${json ? toLosslessJson(data) : oneLine(text)}\n`)
  return 0
}
