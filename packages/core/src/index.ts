/**
 * A typed bluesky document stream, and a RunRouter with pluggable actions.
 *
 * @packageDocumentation
 */
export * from './documents.js'
// the router with results on disk takes the place of the one that works anywhere
export { type Artifact, hashFile, listArtifacts } from './on-disk/artifacts.js'
export type { FolderAccess } from './on-disk/attempt-folder.js'
export { documentsSpool, type DocumentsSpoolOptions } from './on-disk/documents-spool.js'
export { documentDigest, type Manifest, manifestName } from './on-disk/manifest.js'
export { checkPattern, defaultPattern, resultsPath } from './on-disk/results-path.js'
export { ResultsRoot } from './on-disk/results-root.js'
export { type ResultsOptions, runOnDisk } from './on-disk/run-on-disk.js'
export { RunRouter, type RunRouterOnDiskOptions } from './on-disk/run-router.js'
export { safeName } from './on-disk/safe-name.js'
export { writeWhole } from './on-disk/write-whole.js'
export {
  DocumentSource,
  type DocumentSubscriber,
  type Invalid,
  type SourceCounts,
  type SourceEvents,
} from './source/document-source.js'
export { normalizeAddress } from './source/remote-dispatcher/address.js'
export type { CurveFiles } from './source/remote-dispatcher/curve.js'
export type { RemoteDispatcherOptions } from './source/remote-dispatcher/options.js'
export { RemoteDispatcher } from './source/remote-dispatcher/remote-dispatcher.js'
export { frameHeader, readFrames } from './source/replay/frames-file.js'
export { Replay, replay, type ReplayOptions } from './source/replay/replay.js'
export type { ProxyOptions, ServerCurveFiles } from './transport/proxy/options.js'
export { Proxy, type ProxyEvents } from './transport/proxy/proxy.js'
export type { PublisherOptions, Serializer } from './transport/publisher/options.js'
export { Publisher } from './transport/publisher/publisher.js'
export type { PublisherEvents } from './transport/publisher/publisher-events.js'
