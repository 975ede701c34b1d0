import type { Warmth } from '../process/runner-event.js'
import type { SeenEnd } from './forked-program.js'

/** What the process says that forks the others, one JSON line each. Mirrors `notebook_runner/parent.py`. */
export type ParentEvent =
  /** `forkable: false` where kernels can't be forked at all. */
  | { readonly event: 'ready'; readonly warm: Warmth & { readonly forkable?: false } }
  | { readonly event: 'failed'; readonly message: string }
  | { readonly event: 'forked'; readonly id: number; readonly pid: number }
  /** Not forked, since a file that it has loaded is another one now. */
  | { readonly event: 'changed'; readonly id: number; readonly file: string }
  | { readonly event: 'refused'; readonly id: number; readonly message: string }
  | ({ readonly event: 'ended'; readonly id: number } & SeenEnd)

/** The event in a line; undefined for part of one, which a process leaves that was killed. */
export function parseParentEvent(line: string): ParentEvent | undefined {
  try {
    return JSON.parse(line) as ParentEvent
  } catch {
    return undefined
  }
}
