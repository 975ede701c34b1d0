import type { Progress } from '@prompt-papermill/core'

/** Tells a notebook's progress by its code cells, with how long each usually takes where that is known. */
export class CellProgress {
  readonly #tell: (progress: Progress) => void
  readonly #usual: readonly number[]

  /** @param usual - Seconds by code cell; of another notebook if their number is not that of its cells. */
  constructor(tell: (progress: Progress) => void, usual: readonly number[]) {
    this.#tell = tell
    this.#usual = usual
  }

  started(step: number, of: number): void {
    this.#tell({ step, of, event: 'started', ...this.#estimate(step, of, step) })
  }

  finished(step: number, of: number, seconds: number): void {
    this.#tell({ step, of, event: 'finished', seconds, ...this.#estimate(step, of, step + 1) })
  }

  #estimate(step: number, of: number, from: number): Partial<Progress> {
    const usualSeconds = this.#usual[step - 1]
    if (this.#usual.length !== of || usualSeconds === undefined) return {}
    const remaining = this.#usual.slice(from - 1).reduce((sum, seconds) => sum + seconds, 0)
    return { usualSeconds, remainingSeconds: Math.round(remaining * 1000) / 1000 }
  }
}
