import { resolve } from 'node:path'

import { BlueskyError, toPlainJson } from '@prompt-papermill/core'

import type { EnvironmentChanges } from '../process/environment.js'
import type { LimitsWithDefaults } from './options.js'
import { NotStarted } from './result.js'
import type { Template } from './template.js'

/** What a job says to the Python program, which `python/notebook_runner/task.py` reads. */
export interface JobParts {
  readonly template: Template
  /** The executed notebook's path. */
  readonly output: string
  /** By {@link parametersJson}. */
  readonly parameters: string
  readonly cwd: string
  readonly kernel: string | undefined
  readonly limits: LimitsWithDefaults
  readonly grace: number
  readonly secrets: Readonly<Record<string, string>>
  readonly implicit: readonly string[]
  readonly html: boolean
  /** What is to change in the process's environment. */
  readonly environment: EnvironmentChanges
}

/** A job as one line of JSON. */
export function jobLine({ template, parameters, html, ...given }: JobParts): string {
  const job = {
    input: { path: template.path, text: template.text },
    output: given.output,
    cwd: resolve(given.cwd),
    kernel: given.kernel ?? null,
    // no limit is null: JSON has no Infinity
    limits: given.limits,
    grace: given.grace,
    secrets: given.secrets,
    implicit: given.implicit,
    html: html ? htmlPath(given.output) : null,
    environment: given.environment,
  }
  return `${JSON.stringify(job).slice(0, -1)},"parameters":${parameters}}`
}

/** Where an executed notebook is exported to. */
export function htmlPath(output: string): string {
  return output.endsWith('.ipynb') ? `${output.slice(0, -'.ipynb'.length)}.html` : `${output}.html`
}

/** The parameters as the Python program takes them. Throws {@link NotStarted}. */
export function parametersJson(parameters: Readonly<Record<string, unknown>>): string {
  try {
    return toPlainJson(parameters, { onUnrepresentable: 'throw' })
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    throw new NotStarted(`a parameter can't be given to a notebook: ${error.message}`, {
      cause: error,
    })
  }
}
