import { z } from 'zod'

import { configSchema } from './schema.js'

/** The config's JSON Schema, as `config.schema.json` publishes it for editors. */
export function configJsonSchema(): object {
  return {
    title: 'prompt-papermill worker configuration',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  }
}
