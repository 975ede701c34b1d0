import { parse, resolve } from 'node:path'

import type { ActionContext, Run } from '@prompt-papermill/core'
import { BlueskyError } from '@prompt-papermill/core'

import type { RunOptions, RunOptionsWithDefaults } from '../execute/options.js'
import { withDefaults } from '../execute/options.js'

/** Options of {@link papermill}. */
export interface PapermillOptions extends RunOptions {
  /** The notebook to run: a path, or a name relative to `templates`. */
  readonly template: string
  /** The folder of templates; by default the working directory. */
  readonly templates?: string
  /** The action's name; by default the template's stem. */
  readonly name?: string
  /**
   * How many seconds each of the notebook's code cells usually takes, as far as that is known: from
   * `cell_seconds` in the manifest of an earlier attempt. Progress then tells what to expect.
   */
  readonly usual?: UsualTimes
}

/** Looks up the usual times of a notebook's code cells, in seconds; undefined where they are not known. */
export type UsualTimes = (
  run: Run,
  context: ActionContext,
) => readonly number[] | undefined | Promise<readonly number[] | undefined>

/** {@link PapermillOptions} with every default filled in. */
export interface PapermillOptionsWithDefaults extends RunOptionsWithDefaults {
  /** The notebook to run, as it was given. */
  readonly template: string
  /** The folder that its path begins in. */
  readonly templates: string
  /** The action's name. */
  readonly name: string
  /** Looks up the usual times; nothing is known by default. */
  readonly usual: UsualTimes
}

/** What {@link papermill} works with. */
export interface CompiledPapermill {
  readonly name: string
  /** The template's path. */
  readonly path: string
  readonly usual: UsualTimes
  readonly run: RunOptionsWithDefaults
}

/** Fills in what is not given. */
export function papermillDefaults(options: PapermillOptions): PapermillOptionsWithDefaults {
  return {
    ...withDefaults(options),
    template: options.template,
    templates: options.templates ?? '.',
    name: options.name ?? parse(options.template).name,
    usual: options.usual ?? (() => undefined),
  }
}

/** Checks the options. Throws BlueskyError `bad-option`. */
export function compilePapermill(options: PapermillOptionsWithDefaults): CompiledPapermill {
  const { template, templates, name, usual, ...run } = options
  if (template === '') throw new BlueskyError('bad-option', 'template must not be empty')
  return { name, path: resolve(templates, template), usual, run }
}
