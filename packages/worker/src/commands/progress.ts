import { MultiBar, type SingleBar } from 'cli-progress'

import { oneLine } from '../log/escape.js'

/** Where progress is shown: a terminal, or something else, which gets lines alone. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean }

/**
 * How far long work is: on a terminal a bar that grows below the lines, elsewhere only the lines.
 */
export class Progress {
  readonly #stream: ProgressStream
  readonly #bars: MultiBar | undefined
  #bar: SingleBar | undefined
  #total = 0
  #done = 0

  /**
   * @param what - what is counted, such as `jobs`.
   */
  constructor(
    readonly what: string,
    stream: ProgressStream = process.stderr,
  ) {
    this.#stream = stream
    if (!stream.isTTY) return
    this.#bars = new MultiBar({
      format: `{bar} {value} of {total} ${what}  {duration_formatted}`,
      stream,
      clearOnComplete: true,
      fps: 10,
      // nothing of the terminal is changed that an interrupt would leave so
      hideCursor: false,
      linewrap: true,
      gracefulExit: false,
    })
  }

  /** Shows a line, above the bar if there is one. */
  line(text: string): void {
    if (this.#bar) this.#bars?.log(`${oneLine(text)}\n`)
    else this.#stream.write(`${oneLine(text)}\n`)
  }

  /** There are so many more. */
  more(count: number): void {
    this.#total += count
    this.#bar ??= this.#bars?.create(this.#total, 0)
    this.#bar?.setTotal(this.#total)
  }

  /** One of them is done. */
  advance(): void {
    this.#done += 1
    this.#bar?.update(this.#done)
  }

  /** Takes the bar away. */
  end(): void {
    // lines are shown with the bar, several times a second
    this.#bars?.update()
    this.#bars?.stop()
    this.#bar = undefined
  }
}
