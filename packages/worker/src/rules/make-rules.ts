import { access } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'

import {
  type Action,
  BlueskyError,
  compileRules,
  type Entry,
  type Rule,
  safeName,
  type Wait,
} from '@prompt-papermill/core'
import { ColdKernels, papermill } from '@prompt-papermill/papermill-runner'

import { type Config, executable, launcherOf, limitsOf, retryOf } from '../config/compile.js'
import { ConfigError } from '../config/config-error.js'
import { makeWait } from '../readiness/make-wait.js'
import type { KernelsFor } from './warm-kernels.js'

type RuleGiven = NonNullable<Config['rules']>[number]
type NotebookGiven = NonNullable<RuleGiven['notebooks']>[number]
type ActionGiven = NonNullable<RuleGiven['actions']>[number]
type WaitGiven = NonNullable<RuleGiven['wait']>

/**
 * The config's rules as core takes them; without any, the rule `default`.
 *
 * @param actions - those that rules may use, by the config's names; see {@link loadActions}
 * @param kernelsFor - Where notebooks get their kernels; by default each starts its own.
 * @throws ConfigError for a query, parameter or name that can't be used; BlueskyError `bad-option` for what only
 *   papermill's own options refuse.
 * @example
 * ```ts
 * import { makeConfig, makeRules } from '@prompt-papermill/worker'
 *
 * const config = makeConfig({
 *   templates: 'notebooks',
 *   results: 'results',
 *   rules: [{ name: 'scans', when: { plan_name: 'scan' }, notebooks: [{ template: 'scan.ipynb' }] }],
 * })
 * for (const { name, when } of makeRules(config, new Map())) console.log(name, when)
 * // scans { plan_name: 'scan' }
 * ```
 */
export function makeRules(
  config: Config,
  actions: ReadonlyMap<string, Action>,
  kernelsFor: KernelsFor = () => new ColdKernels(),
): readonly Rule[] {
  if (!config.rules) return [defaultRule(config, kernelsFor)]
  const rules = config.rules.map(
    ({ notebooks = [], actions: others = [], wait, ...given }, i): Rule => ({
      ...given,
      wait: waitAt(config, wait, `rules[${i}]`),
      entries: [
        ...notebooks.map((notebook, j) => ({
          ...notebookEntry(config, notebook, kernelsFor),
          wait: waitAt(config, notebook.wait, `rules[${i}].notebooks[${j}]`),
        })),
        ...others.map((other, j) => ({
          ...actionEntry(config, other, actions),
          wait: waitAt(config, other.wait, `rules[${i}].actions[${j}]`),
        })),
      ],
    }),
  )
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

/** What a rule or entry waits for; `at` is where it stands in the config. */
function waitAt(config: Config, given: WaitGiven | undefined, at: string): Wait | undefined {
  try {
    return given && makeWait(config, given)
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    throw new ConfigError(config.file, [{ path: `${at}.wait`, message: error.message }], {
      cause: error,
    })
  }
}

/**
 * JPLS's rule: a run of plan `P` runs `templates/P.ipynb` if it is there, or is skipped, and seen to be, if
 * it did not succeed. See docs/decisions for why the notebook gets the documents.
 */
function defaultRule(config: Config, kernelsFor: KernelsFor): Rule {
  // asked for before the first run, so that its kernels are started ahead as well
  const kernels = config.launcher.length > 0 ? new ColdKernels() : kernelsFor(config.python)
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
  const from = dirname(config.file)
  const python = given.python === undefined ? config.python : executable(given.python, from)
  const launcher = given.launcher === undefined ? config.launcher : launcherOf(given.launcher, from)
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
      // none waits here for what is launched elsewhere
      kernels: launcher.length > 0 ? new ColdKernels() : kernelsFor(python),
      launcher,
      secrets: given.secrets ?? {},
      html: given.html ?? false,
      env: config.kernels.env,
      ...(given.kernel === undefined ? {} : { kernel: given.kernel }),
      limits: {
        notebook: limits.notebook / 1000,
        cell: limits.cell / 1000,
        memory: limits.memory,
        output: limits.output,
        launch: limits.launch / 1000,
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
