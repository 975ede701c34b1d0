import { EventModelValueError } from '../../errors/event-model-errors.js'
import type { Datum, DatumPage, Resource } from '../generated/index.js'
import { columnOf } from '../pages/columns.js'
import { lengthOf } from '../validate/json-types.js'
import type { NDArray } from '../values/ndarray.js'
import { checked, type ComposeOptions } from './composing.js'

/** What the datums of a resource share. */
export interface DatumParts {
  /** The resource of the datums. */
  resource: Resource
  /** Numbers the datums. */
  counter: Iterator<number>
}

/** What the `composeDatum` of a resource takes. */
export interface DatumOptions extends ComposeOptions {
  /** What picks this datum out of the resource. */
  datum_kwargs: Datum['datum_kwargs']
}

/**
 * Composes a Datum, whose id is the resource's uid and its number. Mirrors `event_model.compose_datum`;
 * `composeResource` gives one that knows its resource.
 *
 * @throws EventModelValidationError `bad-document` if the datum breaks the schema.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const { composeDatum } = composeRun().composeResource({
 *   spec: 'AD_HDF5',
 *   root: '/data',
 *   resource_path: 'scan_1042.h5',
 *   resource_kwargs: {},
 * })
 * console.log(composeDatum({ datum_kwargs: { point_number: 0 } }).datum_id) // …/0
 * ```
 */
export function composeDatum(options: DatumParts & DatumOptions): Datum {
  const { resource, counter, datum_kwargs, validate = true } = options
  const doc: Datum = {
    resource: resource.uid,
    datum_kwargs,
    datum_id: nextId(resource, counter),
  }
  return checked('datum', doc, validate)
}

/** What the `composeDatumPage` of a resource takes. */
export interface DatumPageOptions extends ComposeOptions {
  /** What picks the datums out of the resource: of each key a list, with one item for each datum. */
  datum_kwargs: Readonly<Record<string, unknown[] | NDArray>>
}

/**
 * Composes a DatumPage. Mirrors `event_model.compose_datum_page`; `composeResource` gives one that knows its
 * resource.
 *
 * @throws EventModelValidationError `bad-document` if the page breaks the schema; EventModelValueError if
 *   `datum_kwargs` has no list, by which the datums are counted.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const { composeDatumPage } = composeRun().composeResource({
 *   spec: 'AD_HDF5',
 *   root: '/data',
 *   resource_path: 'scan_1042.h5',
 *   resource_kwargs: {},
 * })
 * console.log(composeDatumPage({ datum_kwargs: { point_number: [0, 1] } }).datum_id.length) // 2
 * ```
 */
export function composeDatumPage(options: DatumParts & DatumPageOptions): DatumPage {
  const { resource, counter, datum_kwargs, validate = true } = options
  const [first] = Object.entries(datum_kwargs)
  if (first === undefined) {
    throw new EventModelValueError('datum_page: datum_kwargs needs a list, to count the datums by')
  }
  const length = lengthOf(columnOf(first[1], `datum_page.datum_kwargs.${first[0]}`))
  const doc = {
    resource: resource.uid,
    datum_kwargs,
    datum_id: Array.from({ length }, () => nextId(resource, counter)),
  } as DatumPage
  return checked('datum_page', doc, validate)
}

function nextId(resource: Resource, counter: Iterator<number>): string {
  return `${resource.uid}/${counter.next().value as number}`
}
