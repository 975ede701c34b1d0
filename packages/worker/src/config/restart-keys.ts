import { isDeepStrictEqual } from 'node:util'

import type { Config } from './config.js'

/** What a running worker keeps as it was when it started, by the name that it has in the file. */
const fixedKeys = {
  source: 'sources',
  tiled: 'tiled',
  state: 'state',
  results: 'results',
  http: 'http',
  queue: 'queue',
  'queue.capacity': 'capacity',
  runs: 'runs',
} as const satisfies Record<string, keyof Config>

/**
 * What of another config a running worker can take: everything but {@link fixedKeys}.
 *
 * @returns that config with those keys as they were, and the names of those that differ.
 */
export function withoutRestart(
  before: Config,
  wanted: Config,
): { readonly config: Config; readonly needsRestart: readonly string[] } {
  const kept = Object.values(fixedKeys).map((key) => [key, before[key]])
  const needsRestart = Object.entries(fixedKeys)
    .filter(([, key]) => !isDeepStrictEqual(before[key], wanted[key]))
    .map(([name]) => name)
  return { config: { ...wanted, ...(Object.fromEntries(kept) as Partial<Config>) }, needsRestart }
}
