import { EventModelValueError } from '../../errors/event-model-errors.js'
import type { Datum, DatumPage } from '../generated/index.js'
import { columnOf, dictOf, fieldOf, rowsOf, toColumns, toRows } from './columns.js'

/**
 * Makes one DatumPage of Datums. Mirrors `event_model.pack_datum_page`.
 *
 * @param datums - at least one, all of one resource and with the same keys
 * @throws EventModelValueError `bad-document` if there is none, if they are of several resources, or if one
 *   has a key that another has not. (Python's takes the last resource, and makes lists of different
 *   lengths.)
 *
 * @example
 * ```ts
 * import { packDatumPage } from '@prompt-papermill/core'
 *
 * const page = packDatumPage(
 *   { datum_id: 'r/0', resource: 'r', datum_kwargs: { point: 0 } },
 *   { datum_id: 'r/1', resource: 'r', datum_kwargs: { point: 1 } },
 * )
 * console.log(page.datum_id, page.datum_kwargs) // [ 'r/0', 'r/1' ] { point: [ 0, 1 ] }
 * ```
 */
export function packDatumPage(...datums: readonly Datum[]): DatumPage {
  return packDatums(datums)
}

/** {@link packDatumPage} for more datums than a call takes arguments. */
export function packDatums(datums: readonly Datum[]): DatumPage {
  const [first] = datums
  if (first === undefined) {
    throw new EventModelValueError('a DatumPage needs at least one Datum: it names its resource')
  }
  const resource = fieldOf(first, 'resource', 'datum')
  if (datums.some((datum) => datum.resource !== resource)) {
    throw new EventModelValueError('the Datums of a DatumPage must be of one resource')
  }
  return {
    resource,
    datum_id: datums.map((datum) => fieldOf(datum, 'datum_id', 'datum')),
    datum_kwargs: toColumns(
      datums.map((datum) => dictOf(datum, 'datum_kwargs', 'datum')),
      "the Datums' datum_kwargs",
    ),
  } as DatumPage
}

/**
 * Makes a DatumPage's Datums again, one by one. Mirrors `event_model.unpack_datum_page`: where a list of
 * `datum_kwargs` is too short, all of them are left out from there on.
 *
 * @throws EventModelValueError `bad-document` if the page can't be read as one, or has more `datum_kwargs`
 *   than `datum_id`s. (Python's fills these up with empty dicts.)
 *
 * @example
 * ```ts
 * import { unpackDatumPage } from '@prompt-papermill/core'
 *
 * const page = { datum_id: ['r/0', 'r/1'], resource: 'r', datum_kwargs: { point: [0, 1] } }
 * for (const datum of unpackDatumPage(page)) console.log(datum.datum_id, datum.datum_kwargs)
 * ```
 */
export function* unpackDatumPage(datumPage: DatumPage): Generator<Datum, void, undefined> {
  const { resource } = datumPage
  const ids = rowsOf(columnOf(fieldOf(datumPage, 'datum_id', 'datum_page'), 'datum_page.datum_id'))
  const kwargs = toRows(dictOf(datumPage, 'datum_kwargs', 'datum_page'), 'datum_page.datum_kwargs')
  if (kwargs.length > ids.length) {
    throw new EventModelValueError('datum_page: there are more datum_kwargs than datum_ids')
  }
  for (const [i, datum_id] of ids.entries()) {
    yield { datum_id, datum_kwargs: kwargs[i] ?? {}, resource } as Datum
  }
}
