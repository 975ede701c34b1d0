/**
 * bluesky's documents, without anything of Node: types, validators, decoders, runs, rules and the router.
 * Works in a browser.
 *
 * @packageDocumentation
 */
export * from './actions/action.js'
export { defineAction } from './actions/define-action.js'
export {
  allReady,
  type Readiness,
  type ReadinessState,
  type Wait,
  waitDefaults,
  type WaitSchedule,
} from './actions/readiness.js'
export * from './decode/decoder.js'
export {
  autoDecoder,
  type DecoderName,
  jsonDecoder,
  makeDecoder,
  msgpackDecoder,
  pickleDecoder,
} from './decode/decoders.js'
export { encodePayload, type Encoding } from './decode/encode.js'
export { type Frame, joinFrame, splitFrame } from './decode/frame.js'
export {
  type Dropped,
  type DropReason,
  type FrameOutcome,
  frameReader,
  type FrameReaderOptions,
  type Validation,
} from './decode/frame-reader.js'
export {
  composeDatum,
  composeDatumPage,
  type DatumOptions,
  type DatumPageOptions,
  type DatumParts,
} from './documents/compose/compose-datum.js'
export {
  composeDescriptor,
  type DescriptorBundle,
  type DescriptorOptions,
  type DescriptorParts,
} from './documents/compose/compose-descriptor.js'
export {
  composeEvent,
  type EventOptions,
  type EventParts,
} from './documents/compose/compose-event.js'
export { composeEventPage, type EventPageOptions } from './documents/compose/compose-event-page.js'
export {
  composeResource,
  type ResourceBundle,
  type ResourceOptions,
} from './documents/compose/compose-resource.js'
export {
  composeRun,
  type ComposeRunOptions,
  type RunBundle,
} from './documents/compose/compose-run.js'
export { composeStop, type StopOptions, type StopParts } from './documents/compose/compose-stop.js'
export {
  composeStreamDatum,
  composeStreamResource,
  type StreamDatumOptions,
  type StreamDatumParts,
  type StreamResourceBundle,
  type StreamResourceOptions,
} from './documents/compose/compose-stream-resource.js'
export type { ComposeOptions, EventCounters, StampOptions } from './documents/compose/composing.js'
export type * from './documents/generated/index.js'
export {
  type DocumentByName,
  type DocumentMessage,
  type DocumentName,
  documentNames,
  isDocumentName,
} from './documents/messages.js'
export type { RunOrigin } from './documents/run-origin.js'
export { bulkDatumToDatumPage, bulkEventsToEventPages } from './documents/pages/bulk.js'
export { packDatumPage, unpackDatumPage } from './documents/pages/datum-pages.js'
export { packEventPage, unpackEventPage } from './documents/pages/event-pages.js'
export { mergeDatumPages, mergeEventPages } from './documents/pages/merge-pages.js'
export { rechunkDatumPages, rechunkEventPages } from './documents/pages/rechunk-pages.js'
export { sanitizeDoc } from './documents/pages/sanitize-doc.js'
export { verifyFilled } from './documents/pages/verify-filled.js'
export { missingRoutingField } from './documents/validate/missing-routing-field.js'
export {
  type DocumentIssue,
  validateDocument,
  type ValidationResult,
} from './documents/validate/validate-document.js'
export { Complex } from './documents/values/complex.js'
export {
  canonicalJson,
  fromLosslessJson,
  type LosslessJsonOptions,
  toLosslessJson,
} from './documents/values/lossless-json.js'
export { NDArray, type NDArrayData } from './documents/values/ndarray.js'
export { OpaqueObject } from './documents/values/opaque-object.js'
export {
  type ArrayReference,
  type PlainJsonOptions,
  toPlainJson,
} from './documents/values/plain-json.js'
export {
  PyDateTime,
  type PyDateTimeKind,
  type PyDateTimeParts,
} from './documents/values/py-datetime.js'
export { PyTimeDelta } from './documents/values/py-timedelta.js'
export { BlueskyError, type BlueskyErrorCode } from './errors/bluesky-error.js'
export type { SteadyEmitter } from './errors/steady-emitter.js'
export {
  EventModelError,
  type EventModelIssue,
  EventModelValidationError,
  EventModelValueError,
  UnfilledData,
} from './errors/event-model-errors.js'
export { type AfterAttempt, afterAttempt } from './jobs/after-attempt.js'
export * from './jobs/job.js'
export { jobId } from './jobs/job-id.js'
export * from './jobs/job-queue.js'
export { MemoryJobQueue, type MemoryJobQueueOptions } from './jobs/memory-job-queue.js'
export { decide, type Decision } from './router/decide.js'
export type {
  DocumentArguments,
  DocumentCallback,
  DocumentReceiver,
} from './router/document-callback.js'
export {
  type DispatchOptions,
  DocumentRouter,
  type DocumentRouterOptions,
} from './router/document-router.js'
export type { RunCallback, RunFactory, SubFactory } from './router/factory-routes.js'
export { notImplemented, type Routed } from './router/not-implemented.js'
export { type ActionRunner, callAction, silentLogger, type Work } from './router/run-action.js'
export { type EntryPreview, previewEntry } from './router/preview-entry.js'
export { type EntryGiven, type RuleGiven, RunRouter } from './router/run-router.js'
export type { RunRouterEvents, RunRouterOptions } from './router/run-router-options.js'
export { SingleRunDocumentRouter } from './router/single-run-document-router.js'
export type { DocumentSpool, SpooledRun } from './router/spool.js'
export { explain, type RuleExplanation } from './rules/explain.js'
export {
  checkParameters,
  type ParameterTemplate,
  resolveParameters,
  type ResolvedParameters,
} from './rules/parameters.js'
export {
  type ClauseResult,
  type CompiledQuery,
  compileQuery,
  type Query,
  type QueryResult,
} from './rules/query.js'
export {
  type CompiledRule,
  compileRule,
  compileRules,
  defineRule,
  type EntriesOf,
  type Entry,
  type Rule,
  ruleLimits,
} from './rules/rule.js'
export type { Gap } from './run/gap.js'
export type { Miscount } from './run/miscount.js'
export type { AbandonReason, RunRecord } from './run/run-record.js'
export { Run } from './run/run.js'
export { RunTracker, type Taken } from './run/run-tracker.js'
export { type RunTrackerEvents, runTrackerEventNames } from './run/run-tracker-events.js'
export type { RunTrackerOptions } from './run/run-tracker-options.js'
