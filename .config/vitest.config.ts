import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

export default defineConfig({
  root: at(''),
  test: {
    include: ['test/**/*.test.ts', 'docs/examples/*/*.test.js'],
    // two cores: more forks only fight over them
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
  resolve: {
    // tests read the sources; test/system runs what was built
    alias: [
      {
        find: '@prompt-papermill/core/documents',
        replacement: at('packages/core/src/documents.ts'),
      },
      { find: '@prompt-papermill/core/testing', replacement: at('packages/core/src/testing.ts') },
      { find: '@prompt-papermill/core/tiled', replacement: at('packages/core/src/tiled.ts') },
      { find: '@prompt-papermill/core/kafka', replacement: at('packages/core/src/kafka.ts') },
      { find: '@prompt-papermill/core', replacement: at('packages/core/src/index.ts') },
      {
        find: '@prompt-papermill/papermill-runner',
        replacement: at('packages/papermill-runner/src/index.ts'),
      },
      { find: '@prompt-papermill/worker', replacement: at('packages/worker/src/index.ts') },
    ],
  },
})
