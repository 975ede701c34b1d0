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

import type { Config } from '../config/config.js'
import { limitsOf, retryOf } from '../config/entry-options.js'
import { executable, launcherOf } from '../config/programs.js'
import { ConfigError } from '../config/config-error.js'
import { makeWait, waitsForTiled, type WorkerWait } from '../readiness/make-wait.js'
import { tiledNotebook } from './tiled-notebook.js'
import type { UsualTimesOf } from './usual-times.js'
import { waitingEntry } from './waiting-entry.js'
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
 * @param usualTimes - Looks up how long the cells of a template usually take; by default nothing is known.
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
  usualTimes: UsualTimesOf = () => () => undefined,
): readonly Rule[] {
  if (!config.rules) return [defaultRule(config, kernelsFor, usualTimes)]
  const rules = config.rules.map(
    ({ notebooks = [], actions: others = [], wait, ...given }, i): Rule => ({
      ...given,
      wait: waitAt(config, wait, `rules[${i}]`)?.wait,
      entries: [
        ...notebooks.map((notebook, j) =>
          waitingEntry(
            notebookEntry(config, notebook, kernelsFor, usualTimes),
            entryWait(config, notebook, wait, [`rules[${i}]`, `notebooks[${j}]`]),
          ),
        ),
        ...others.map((other, j) =>
          waitingEntry(
            actionEntry(config, other, actions),
            entryWait(config, other, wait, [`rules[${i}]`, `actions[${j}]`]),
          ),
        ),
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

/** What an entry waits for. That its rule waits for the data server means other things to it if it has documents. */
function entryWait(
  config: Config,
  { wait, documents = false }: NotebookGiven | ActionGiven,
  ofRule: WaitGiven | undefined,
  [rule, entry]: readonly [string, string],
): WorkerWait | undefined {
  if (wait !== undefined) return waitAt(config, wait, `${rule}.${entry}`, documents)
  return waitsForTiled(ofRule) ? waitAt(config, ofRule, rule, documents) : undefined
}

/** What a rule or entry waits for; `at` is where it stands in the config. */
function waitAt(
  config: Config,
  given: WaitGiven | undefined,
  at: string,
  documents: boolean | null = null,
): WorkerWait | undefined {
  try {
    return given && makeWait(config, given, documents)
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
function defaultRule(config: Config, kernelsFor: KernelsFor, usualTimes: UsualTimesOf): Rule {
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
        ? [
            {
              ...notebookEntry(config, { template }, () => kernels, usualTimes),
              documents: 'if-kept',
            },
          ]
        : []
    },
  }
}

function notebookEntry(
  config: Config,
  given: NotebookGiven,
  kernelsFor: KernelsFor,
  usualTimes: UsualTimesOf,
): Entry {
  const name = given.name ?? parse(given.template).name
  const limits = limitsOf(given.limits, config.limits)
  const template = resolve(config.templates, given.template)
  const from = dirname(config.file)
  const python = given.python === undefined ? config.python : executable(given.python, from)
  const launcher = given.launcher === undefined ? config.launcher : launcherOf(given.launcher, from)
  // none waits here for what is launched elsewhere
  const kernels = launcher.length > 0 ? new ColdKernels() : kernelsFor(python)
  const withSecrets = (secrets: Readonly<Record<string, string>>): Action =>
    papermill({
      name: 'papermill',
      template,
      python,
      kernels,
      launcher,
      usual: usualTimes(template),
      secrets,
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
    })
  return {
    name,
    template,
    parameters: given.parameters ?? {},
    documents: given.documents ?? false,
    retry: retryOf(given.retry, config.retry),
    action: tiledNotebook(config.tiled, template, given.secrets ?? {}, withSecrets),
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
