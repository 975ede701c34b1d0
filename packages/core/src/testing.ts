/**
 * What tests of sources, queues, actions and decoders need: a source that a test feeds, the documents of a
 * run, and the contracts as suites for any test framework.
 *
 * @packageDocumentation
 */
export { type ActionUnderTest, describeAction } from './testing/describe-action.js'
export { type DecoderExample, describeDecoder } from './testing/describe-decoder.js'
export {
  describeJobQueue,
  type MakeQueue,
  type QueueUnderTestOptions,
} from './testing/describe-job-queue.js'
export { describeSource, type OpenSource, type SourceUnderTest } from './testing/describe-source.js'
export { FakeSource, type FakeSourceOptions } from './testing/fake-source.js'
export { makeJob } from './testing/make-job.js'
export {
  makeRunDocuments,
  type RunDocuments,
  type RunDocumentsOptions,
} from './testing/make-run-documents.js'
export type { Expectation, TestFunctions } from './testing/test-functions.js'
