import pino from 'pino'
import pretty from 'pino-pretty'

import { oneLine, withoutMarks } from './escape.js'

export type { WorkerLogger } from './worker-logger.js'

/** How the worker logs. */
export interface LoggerOptions {
  /**
   * The least that is told: `trace`, `debug`, `info`, `warn` or `error`.
   *
   * @defaultValue `'info'`
   */
  level?: string | undefined
  /**
   * Lines for people in place of JSON.
   *
   * @defaultValue on a terminal
   */
  readable?: boolean | undefined
}

/**
 * Logs to stderr: lines for people, or a JSON object a line. What comes from documents is escaped in both, so
 * that a sample's name can't forge a line or turn the terminal's colours.
 *
 * @example
 * ```ts
 * import { makeLogger } from '@prompt-papermill/worker'
 *
 * const logger = makeLogger({ level: 'warn', readable: false })
 * logger.info({ scan_id: 12 }, 'this is not told')
 * logger.warn({ scan_id: 12 }, 'there is no template for this plan')
 * ```
 */
export function makeLogger({ level = 'info', readable }: LoggerOptions = {}): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map(escapeMessage) as typeof args)
      },
      streamWrite: withoutMarks,
    },
  }
  if (readable ?? process.stderr.isTTY) {
    const stream = pretty({
      destination: 2,
      sync: true,
      colorize: process.stderr.isTTY,
      translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
      singleLine: true,
    })
    return pino(options, stream)
  }
  return pino(options, pino.destination({ fd: 2, sync: false }))
}

function escapeMessage(arg: unknown): unknown {
  return typeof arg === 'string' ? oneLine(arg) : arg
}
