import { parse, resolve } from 'node:path'

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
  /** How many kernels to start ahead. Only 0 for now: each notebook starts its own. */
  readonly warm?: number
}

/** {@link PapermillOptions} with every default filled in. */
export interface PapermillOptionsWithDefaults extends RunOptionsWithDefaults {
  readonly template: string
  readonly templates: string
  readonly name: string
  readonly warm: number
}

/** What {@link papermill} works with. */
export interface CompiledPapermill {
  readonly name: string
  /** The template's path. */
  readonly path: string
  readonly run: RunOptionsWithDefaults
}

/** Fills in what is not given. */
export function papermillDefaults(options: PapermillOptions): PapermillOptionsWithDefaults {
  return {
    ...withDefaults(options),
    template: options.template,
    templates: options.templates ?? '.',
    name: options.name ?? parse(options.template).name,
    warm: options.warm ?? 0,
  }
}

/** Checks the options. Throws BlueskyError `bad-option`. */
export function compilePapermill(options: PapermillOptionsWithDefaults): CompiledPapermill {
  const { template, templates, name, warm, ...run } = options
  if (template === '') throw new BlueskyError('bad-option', 'template must not be empty')
  if (warm !== 0) {
    throw new BlueskyError('bad-option', `warm must be 0 in this version; it is ${warm}`)
  }
  return { name, path: resolve(templates, template), run }
}
