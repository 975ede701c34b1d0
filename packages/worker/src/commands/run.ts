import { loadConfig } from '../config/load.js'
import { makeLogger } from '../log/logger.js'
import { ReloadOnHangup } from './reload-on-hangup.js'
import { type Role, startRole } from './run-role.js'

/** How long what goes on after all is stopped may take, in milliseconds. */
const lastTries = 1000

/** Options of `run`. */
export interface RunOptions {
  readonly config: string
  readonly role: Role
  readonly logLevel: string
  readonly logFormat?: 'readable' | 'json'
}

/** `prompt-papermill run`: the worker, until a signal ends it. */
export async function run(options: RunOptions): Promise<number> {
  const config = await loadConfig(options.config)
  // what notebooks write gets the same permissions as the folders
  if (config.results.umask !== undefined) process.umask(config.results.umask)
  const logger = makeLogger({
    level: options.logLevel,
    readable: options.logFormat === undefined ? undefined : options.logFormat === 'readable',
  })
  const reloading = new ReloadOnHangup(options.config, logger)
  const running = await startRole(options.role, config, logger)
  reloading.begin(running)
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name))
  })
  logger.info({ signal, grace_ms: config.grace }, 'stopping: letting what runs finish')
  // a second signal doesn't wait: the Python programs see their input close, and end
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1))
  await running.stop()
  logger.info('stopped')
  // what a client's library is still at, such as its next try to connect, does not hold the program back
  setTimeout(() => process.exit(0), lastTries).unref()
  return 0
}
