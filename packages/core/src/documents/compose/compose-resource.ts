import type { Datum, DatumPage, Resource, RunStart } from '../generated/index.js'
import {
  composeDatum,
  composeDatumPage,
  type DatumOptions,
  type DatumPageOptions,
} from './compose-datum.js'
import { checked, type ComposeOptions, countUp } from './composing.js'

/** What the `composeResource` of a run takes. */
export interface ResourceOptions extends ComposeOptions {
  /** The format, such as `AD_HDF5`. */
  spec: string
  /** The part of the path that is a detail of this site. */
  root: string
  /** The path below it. */
  resource_path: string
  /** What it takes to open the resource. */
  resource_kwargs: Resource['resource_kwargs']
  /**
   * Whether the path is written as POSIX or as Windows has it.
   *
   * @defaultValue `'posix'` (Python's: that of the machine)
   */
  path_semantics?: NonNullable<Resource['path_semantics']>
  /**
   * The resource's uid.
   *
   * @defaultValue a fresh UUID, version 4
   */
  uid?: string
}

/** A resource, and what composes its datums. Mirrors `event_model.ComposeResourceBundle`. */
export interface ResourceBundle {
  /** The resource, to be emitted before its datums. */
  readonly resource: Resource
  /** Composes a Datum of this resource; {@link composeDatum}. */
  readonly composeDatum: (options: DatumOptions) => Datum
  /** Composes several Datums of this resource as a page; {@link composeDatumPage}. */
  readonly composeDatumPage: (options: DatumPageOptions) => DatumPage
}

/**
 * Composes a Resource. Mirrors `event_model.compose_resource`; `composeRun` gives one that knows its run.
 *
 * @param options - with `start`, the resource belongs to that run; without, to none, as old ones do
 * @throws EventModelValidationError `bad-document` if the resource breaks the schema.
 *
 * @example
 * ```ts
 * import { composeResource } from '@prompt-papermill/core'
 *
 * const { resource, composeDatum } = composeResource({
 *   spec: 'AD_HDF5',
 *   root: '/data',
 *   resource_path: 'scan_1042.h5',
 *   resource_kwargs: { frame_per_point: 1 },
 * })
 * console.log(composeDatum({ datum_kwargs: {} }).resource === resource.uid) // true
 * ```
 */
export function composeResource(options: ResourceOptions & { start?: RunStart }): ResourceBundle {
  const resource: Resource = {
    path_semantics: options.path_semantics ?? 'posix',
    uid: options.uid ?? crypto.randomUUID(),
    spec: options.spec,
    root: options.root,
    resource_kwargs: options.resource_kwargs,
    resource_path: options.resource_path,
    ...(options.start && { run_start: options.start.uid }),
  }
  checked('resource', resource, options.validate ?? true)
  const parts = { resource, counter: countUp() }
  return {
    resource,
    composeDatum: (datum) => composeDatum({ ...datum, ...parts }),
    composeDatumPage: (page) => composeDatumPage({ ...page, ...parts }),
  }
}
