import type { Logger } from '@prompt-papermill/core'

import { oneLine } from './escape.js'

/** Says something: fields and a sentence, or a sentence alone. */
export type LogMethod = Logger['info'] & ((message: string) => void)

/** What the worker's parts log to: pino's loggers are such. */
export interface WorkerLogger extends Logger {
  /** What only helps to find a fault. */
  readonly debug: LogMethod
  /** What happened, as it should. */
  readonly info: LogMethod
  /** What somebody may want to look at; the work goes on. */
  readonly warn: LogMethod
  /** What went wrong. */
  readonly error: LogMethod
  /** One that says these fields with each line. */
  child(fields: object): WorkerLogger
}

/**
 * A logger of four methods, as a service has one of its own, as the worker's. A sentence is one line, whatever a
 * document says.
 */
export function workerLogger(given: Logger | WorkerLogger, bound: object = {}): WorkerLogger {
  if ('child' in given) return given
  const say =
    (level: keyof Logger): LogMethod =>
    (fields: object | string, message?: string) => {
      if (typeof fields === 'string') given[level]({ ...bound }, oneLine(fields))
      else given[level]({ ...bound, ...fields }, oneLine(message ?? ''))
    }
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (fields) => workerLogger(given, { ...bound, ...fields }),
  }
}
