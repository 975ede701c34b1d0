import { defineConfig } from 'tsup'

import { library } from '../../.config/tsup.base.ts'

export default defineConfig(
  library({
    entry: [
      'src/index.ts',
      'src/documents.ts',
      'src/testing.ts',
      'src/tiled.ts',
      'src/kafka.ts',
      // a file of its own, for a Worker: "#receive-thread" in package.json
      'src/source/remote-dispatcher/thread/receive-thread.ts',
    ],
  }),
)
