/**
 * Runs from a Tiled server: catching up on those that were missed, and looking up one. For the tables of events
 * install `@uwdata/flechette` besides.
 *
 * @packageDocumentation
 */
export { TiledCatchUp, type CatchUpEvents } from './source/tiled/catch-up.js'
export type {
  CatchUpMark,
  CatchUpMemory,
  CatchUpOptions,
  CatchUpPass,
} from './source/tiled/catch-up-options.js'
export type { TiledOptions } from './source/tiled/options.js'
export { runDocuments } from './source/tiled/run-documents.js'
export { TiledClient, type TiledNode, type TiledRun } from './source/tiled/tiled-client.js'
