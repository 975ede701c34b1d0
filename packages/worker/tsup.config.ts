import { defineConfig } from 'tsup'

import { library } from '../../.config/tsup.base.ts'

export default defineConfig(
  library({
    entry: {
      index: 'src/index.ts',
      cli: 'src/cli.ts',
      // runs in a thread of its own; found as #ledger-thread
      'ledger-thread': 'src/ledger/sqlite/ledger-thread.ts',
    },
    // optional: only the queue on Redis needs them
    external: ['bullmq', 'ioredis'],
  }),
)
