import { defineConfig } from 'tsup'

import { library } from '../../.config/tsup.base.ts'

export default defineConfig(
  library({
    entry: ['src/index.ts', 'src/documents.ts', 'src/testing.ts'],
  }),
)
