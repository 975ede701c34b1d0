import { z } from 'zod'

import { configSchema } from './schema.js'

/**
 * The config's JSON Schema, as `config.schema.json` publishes it for editors.
 *
 * @example
 * ```ts
 * import { configJsonSchema } from '@prompt-papermill/worker'
 *
 * console.log(Object.keys(configJsonSchema()).includes('properties')) // true
 * ```
 */
export function configJsonSchema(): object {
  return {
    title: 'prompt-papermill worker configuration',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  }
}
