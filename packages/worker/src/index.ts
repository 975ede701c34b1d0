/**
 * The worker: what the `prompt-papermill` command runs, for embedding in another service.
 *
 * @packageDocumentation
 */
export type { AlarmConfig } from './config/compile-alarm.js'
export type { Config, Limits, RetentionAges } from './config/config.js'
export type { QueueConfig, RedisConfig } from './config/compile-queue.js'
export type { SourceGiven } from './config/compile-source.js'
export type { TiledConfig } from './config/compile-tiled.js'
export { ConfigError, type ConfigProblem } from './config/config-error.js'
export { configJsonSchema } from './config/json-schema.js'
export type { HttpConfig } from './config/compile-http.js'
export { loadConfig, makeConfig, parseConfig } from './config/load.js'
export { type ConfigGiven, configSchema, type ConfigWithDefaults } from './config/schema.js'
export type { WebhookConfig } from './config/compile-webhooks.js'
export type { AddressHealth, Health, HealthPart } from './health/health.js'
export type {
  Act,
  AttemptNote,
  AttemptState,
  CatchUpProgress,
  Ledger,
  LedgerCatchUp,
  LedgerPruning,
  LedgerReader,
  OldAttempt,
  OldPaging,
  Received,
  RunEntry,
} from './ledger/ledger.js'
export { LedgerError, type LedgerErrorCode } from './ledger/ledger-error.js'
export { openLedgerReader } from './ledger/open-reader.js'
export type { ActQuery, JobQuery, Page, Paging, RunFilter, RunQuery } from './ledger/queries.js'
export { type ActRow, type AttemptRow, type JobRow, jobRow, type RunRow } from './ledger/rows.js'
export { WorkerRunningError } from './ledger/worker-running-error.js'
export { type LoggerOptions, makeLogger, type WorkerLogger } from './log/logger.js'
export type { LogMethod } from './log/worker-logger.js'
export type { ReplayEvent, ReplayRequest } from './replay/replay-files.js'
export { loadActions } from './rules/load-actions.js'
export { makeRules } from './rules/make-rules.js'
export type { UsualTimesOf } from './rules/usual-times.js'
export type { KernelsFor } from './rules/warm-kernels.js'
export { createWorker } from './worker.js'
export type { Worker, WorkerOptions } from './worker-contract.js'
