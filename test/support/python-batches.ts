import { runFixture } from './python-cases.js'

/** How many of a differential test's cases are made, unless PROMPT_PAPERMILL_RANDOM says otherwise. */
export function howMany(byDefault: number): number {
  return Number(process.env.PROMPT_PAPERMILL_RANDOM ?? byDefault)
}

/** What the dice of a differential test are seeded with, unless PROMPT_PAPERMILL_SEED says otherwise. */
export const seed = process.env.PROMPT_PAPERMILL_SEED ?? 'event-model'

/** Cases that one Python process makes: what it prints is held in memory. */
const atOnce = 5000

/**
 * What a program in test/fixtures prints, line by line as JSON: random cases, made from `{ seed, count }` on
 * its stdin, and whatever else it wants to be told.
 */
export function* pythonBatches<Case>(
  script: string,
  count: number,
  more: Readonly<Record<string, unknown>> = {},
): Generator<Case> {
  for (let made = 0; made < count; made += atOnce) {
    const batch = { seed: `${seed}/${made}`, count: Math.min(atOnce, count - made), ...more }
    const printed = runFixture(script, JSON.stringify(batch))
    for (const line of printed.trimEnd().split('\n')) yield JSON.parse(line) as Case
  }
}
