import { EventModelValidationError } from '../../errors/event-model-errors.js'
import type { EventDescriptor } from '../generated/index.js'

interface Readings {
  readonly data: object
  readonly timestamps: object
  readonly filled: object
}

/**
 * Makes sure that an event, or a page of them, has the keys that its descriptor promises. Keys whose data
 * is streamed to files (`external: 'STREAM:'`) may be there or not.
 *
 * @throws EventModelValidationError if one is missing or too many.
 */
export function checkDataKeys(
  { data_keys }: EventDescriptor,
  { data, timestamps, filled }: Readings,
): void {
  const needed = Object.keys(data_keys).filter((key) => data_keys[key]?.external !== 'STREAM:')
  const wrong = [...differences('data', data), ...differences('timestamps', timestamps)]
  if (wrong.length > 0) {
    throw new EventModelValidationError(
      `data and timestamps must have the data_keys of the descriptor: ${wrong.join('; ')}`,
    )
  }
  const loose = Object.keys(filled).filter((key) => !Object.hasOwn(data, key))
  if (loose.length > 0) {
    throw new EventModelValidationError(
      `filled may only have keys that data has; it has ${loose.join(', ')} too`,
    )
  }

  function differences(field: string, values: object): string[] {
    const missing = needed.filter((key) => !Object.hasOwn(values, key))
    const unknown = Object.keys(values).filter((key) => !Object.hasOwn(data_keys, key))
    return [
      ...(missing.length > 0 ? [`${field} lacks ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`${field} has ${unknown.join(', ')} too`] : []),
    ]
  }
}
