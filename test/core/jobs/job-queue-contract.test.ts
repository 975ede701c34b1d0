import { MemoryJobQueue } from '@prompt-papermill/core'
import { describeJobQueue } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

describeJobQueue(
  { describe, expect, it },
  'MemoryJobQueue',
  (options) => new MemoryJobQueue(options),
)
