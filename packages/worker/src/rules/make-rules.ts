import { access } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'

import {
  type Action,
  BlueskyError,
  compileRules,
  type Entry,
  type Rule,
  safeName,
} from '@prompt-papermill/core'
import { ColdKernels, papermill } from '@prompt-papermill/papermill-runner'

import { type Config, executable, limitsOf, retryOf } from '../config/compile.js'
import { ConfigError } from '../config/config-error.js'
import type { KernelsFor } from './warm-kernels.js'

type RuleGiven = NonNullable<Config['rules']>[number]
type NotebookGiven = NonNullable<RuleGiven['notebooks']>[number]
type ActionGiven = NonNullable<RuleGiven['actions']>[number]

/**
 * The config's rules as core takes them; without any, the rule `default`.
 *
 * @param kernelsFor - Where notebooks get their kernels; by default each starts its own.
 * @throws ConfigError for a query, parameter or name that can't be used.
 */
export function makeRules(
  config: Config,
  actions: ReadonlyMap<string, Action>,
  kernelsFor: KernelsFor = () => new ColdKernels(),
): readonly Rule[] {
  if (!config.rules) return [defaultRule(config, kernelsFor)]
  const rules = config.rules.map(({ name, when, notebooks = [], actions: others = [] }): Rule => ({
    name,
    when,
    entries: [
      ...notebooks.map((notebook) => notebookEntry(config, notebook, kernelsFor)),
      ...others.map((other) => actionEntry(config, other, actions)),
    ],
  }))
  try {
    compileRules(rules)
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    throw new ConfigError(config.file, [{ path: 'rules', message: error.message }], {
      cause: error,
    })
  }
  return rules
}

/**
 * JPLS's rule: a run of plan `P` runs `templates/P.ipynb` if it is there, or is skipped, and seen to be, if
 * it did not succeed. See docs/decisions for why the notebook gets the documents.
 */
function defaultRule(config: Config, kernelsFor: KernelsFor): Rule {
  // asked for before the first run, so that its kernels are started ahead as well
  const kernels = kernelsFor(config.python)
  return {
    name: 'default',
    when: {},
    exitStatus: ['success'],
    // a notebook that was only dropped into the folder can read its run all the same
    documents: true,
    async entries(run) {
      const template = `${safeName(run.start.plan_name)}.ipynb`
      const there = await access(join(config.templates, template)).then(
        () => true,
        () => false,
      )
      return there
        ? [{ ...notebookEntry(config, { template }, () => kernels), documents: 'if-kept' }]
        : []
    },
  }
}

function notebookEntry(config: Config, given: NotebookGiven, kernelsFor: KernelsFor): Entry {
  const name = given.name ?? parse(given.template).name
  const limits = limitsOf(given.limits, config.limits)
  const template = resolve(config.templates, given.template)
  const python =
    given.python === undefined ? config.python : executable(given.python, dirname(config.file))
  return {
    name,
    template,
    parameters: given.parameters ?? {},
    documents: given.documents ?? false,
    retry: retryOf(given.retry, config.retry),
    action: papermill({
      name: 'papermill',
      template,
      python,
      kernels: kernelsFor(python),
      ...(given.kernel === undefined ? {} : { kernel: given.kernel }),
      limits: {
        notebook: limits.notebook / 1000,
        cell: limits.cell / 1000,
        memory: limits.memory,
        output: limits.output,
      },
    }),
  }
}

function actionEntry(
  config: Config,
  given: ActionGiven,
  actions: ReadonlyMap<string, Action>,
): Entry {
  const action = actions.get(given.use)
  if (!action) throw new Error(`the action ${given.use} was not loaded`)
  return {
    name: given.name ?? action.name,
    action,
    parameters: given.parameters ?? {},
    documents: given.documents ?? false,
    retry: retryOf(given.retry, config.retry),
  }
}
