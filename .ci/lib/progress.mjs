const heartbeat = 30_000

/** Tells on stderr what goes on: one line a step, with the seconds ticking on a terminal. */
export class Progress {
  #quiet
  #stream

  /** @param quiet say nothing about a step that has nothing to do */
  constructor({ quiet = false, stream = process.stderr } = {}) {
    this.#quiet = quiet
    this.#stream = stream
  }

  /** A step that needed nothing. */
  ready(label, detail) {
    if (!this.#quiet) this.#stream.write(`${label} ${detail}\n`)
  }

  note(text) {
    this.#stream.write(`${text}\n`)
  }

  /**
   * Shows a step while `work` does it.
   *
   * @param work gets `(text) => void` to say what it is at; resolves to what to say at the end
   */
  async during(label, doing, work) {
    const started = Date.now()
    const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`
    let at = ''
    const line = () => `${label} ${doing} … ${elapsed()}${at && `, ${at}`}`
    const stop = this.#tick(line, `${label} ${doing} …`)
    try {
      const done = await work((text) => (at = text))
      stop(`${label} ${done} (${elapsed()})`)
    } catch (error) {
      stop(`${label} failed (${elapsed()})`)
      throw error
    }
  }

  #tick(line, first) {
    const stream = this.#stream
    const terminal = stream.isTTY === true
    const width = () => Math.max(20, (stream.columns || 80) - 1)
    const show = terminal
      ? () => stream.write(`\r\u001b[K${line().slice(0, width())}`)
      : () => stream.write(`${line()}\n`)
    if (terminal) show()
    else stream.write(`${first}\n`)
    const timer = setInterval(show, terminal ? 200 : heartbeat)
    return (last) => {
      clearInterval(timer)
      stream.write(`${terminal ? '\r\u001b[K' : ''}${last}\n`)
    }
  }
}
