import { type Action, defineAction } from '@prompt-papermill/core'
import { makeRules, parseConfig } from '@prompt-papermill/worker'
import { parse, stringify } from 'yaml'

import type { Block } from './blocks.js'

/** What a config can't do without. */
const least = { templates: 'templates', results: 'results' }

/**
 * The config that a block of YAML shows: all of it, or what its fence says that it is.
 *
 * - `yaml`: a whole config;
 * - `yaml fragment`: keys of one;
 * - `yaml fragment of a rule`, `yaml fragment of a notebook`: keys of one of its rules, of a notebook;
 * - `yaml no-check: why`: no config of the worker, but of something else: null.
 */
export function shownConfig({ info, code, file, line }: Block): string | null {
  if (/^no-check:\s*\S/u.test(info)) return null
  if (info === '') return code
  const part = parse(code) as object
  switch (info) {
    case 'fragment':
      return stringify({ ...least, ...part })
    case 'fragment of a rule':
      return stringify({ ...least, rules: [{ name: 'shown', when: {}, ...part }] })
    case 'fragment of a notebook': {
      const notebooks = [{ template: 'shown.ipynb', ...part }]
      return stringify({ ...least, rules: [{ name: 'shown', when: {}, notebooks }] })
    }
    default:
      throw new Error(
        `${file}:${line}: a fence of YAML says "${info}"; it may say "fragment", "fragment of a rule", "fragment of a notebook" or "no-check: why"`,
      )
  }
}

/** Every variable of the environment is set, so that configs may name any; those of webhooks as they have to be. */
const environment = new Proxy(
  {},
  {
    get: (_, name) => (/WEBHOOK/u.test(String(name)) ? `whsec_${'a'.repeat(32)}` : 'set'),
  },
)

/** Why a config can't be used; null if it can. */
export function configProblem(text: string): string | null {
  try {
    const config = parseConfig(text, 'worker.yml', environment)
    makeRules(config, new Map(Object.keys(config.actions).map((name) => [name, named(name)])))
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function named(name: string): Action {
  return defineAction({ name, run: () => Promise.resolve({ state: 'succeeded' }) })
}
