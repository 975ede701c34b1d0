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
}

/** {@link PapermillOptions} with every default filled in. */
export interface PapermillOptionsWithDefaults extends RunOptionsWithDefaults {
  readonly template: string
  readonly templates: string
  readonly name: string
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
  }
}

/** Checks the options. Throws BlueskyError `bad-option`. */
export function compilePapermill(options: PapermillOptionsWithDefaults): CompiledPapermill {
  const { template, templates, name, ...run } = options
  if (template === '') throw new BlueskyError('bad-option', 'template must not be empty')
  return { name, path: resolve(templates, template), run }
}
