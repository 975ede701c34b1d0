import type { Config } from '../../config/config.js'
import { ConfigError } from '../../config/config-error.js'
import { loadConfig } from '../../config/load.js'
import { oneLine } from '../../log/escape.js'
import { loadActions } from '../../rules/load-actions.js'
import { makeRules } from '../../rules/make-rules.js'
import { type CheckResult, fail, ok } from './check-result.js'
import { checkFolders } from './folders.js'
import { checkHttpPort } from './http-port.js'
import { checkLogs } from './logs.js'
import { checkPython } from './python.js'
import { checkRedis } from './redis.js'
import { checkSources } from './sources.js'
import { checkStateLock } from './state-lock.js'
import { checkTemplates } from './templates.js'
import { checkTiled } from './tiled.js'
import { checkWaits } from './waits.js'
import { checkWebhooks } from './webhooks.js'

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const

/** `prompt-papermill check`: proves the config and what it needs; 1 if anything fails. */
export async function check(options: { readonly config: string }): Promise<number> {
  let config: Config
  try {
    config = await loadConfig(options.config)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return report(error.message.split('\n').map((line) => fail('config', line)))
  }
  const python = checkPython(config.python, config.launcher)
  const groups = await Promise.all([
    checkRules(config),
    python.then(({ results }) => results),
    python.then(({ facts }) => checkTemplates(config, facts)),
    checkFolders(config),
    checkStateLock(config).then((result) => [result]),
    checkLogs(config),
    checkHttpPort(config).then((result) => [result]),
    checkSources(config),
    checkRedis(config),
    checkTiled(config),
    checkWaits(config),
    checkWebhooks(config),
  ])
  return report([ok('config', config.file), ...groups.flat()])
}

async function checkRules(config: Config): Promise<CheckResult[]> {
  try {
    const actions = await loadActions(config)
    const names = makeRules(config, actions).map(({ name }) => name)
    return [
      ok('rules', names.join(', ')),
      ...[...actions].map(([name, { name: own }]) =>
        ok(`action ${name}`, `${config.actions[name]} (${own})`),
      ),
    ]
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n').map((line) => fail('rules', line))
  }
}

function report(results: readonly CheckResult[]): number {
  const width = Math.max(...results.map(({ subject }) => subject.length))
  for (const { subject, verdict, message } of results) {
    process.stdout.write(`${marks[verdict]}  ${subject.padEnd(width)}  ${oneLine(message)}\n`)
  }
  const failures = results.filter(({ verdict }) => verdict === 'fail').length
  if (failures > 0) process.stderr.write(`${failures} of ${results.length} checks failed\n`)
  return failures > 0 ? 1 : 0
}
