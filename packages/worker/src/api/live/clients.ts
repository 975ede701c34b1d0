/** How many may watch at once. */
const mostClients = 500

/** What may wait to be sent to one that watches, in bytes. */
const mostWaiting = 1024 * 1024

/** One that watches. */
export interface Client {
  /** What it gets, as server-sent events. */
  readonly stream: ReadableStream<Uint8Array>
  /** Sends it an event; `data` is one line. */
  send(event: string, data: string): void
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** Those who watch. Each event is made once; who does not take what is sent is cut off. */
export class Clients {
  readonly #controllers = new Set<Controller>()
  readonly #encoder = new TextEncoder()

  get size(): number {
    return this.#controllers.size
  }

  /** Null: there are too many. */
  add(): Client | null {
    if (this.#controllers.size >= mostClients) return null
    let own: Controller | undefined
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          own = controller
          this.#controllers.add(controller)
        },
        cancel: () => {
          if (own) this.#controllers.delete(own)
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
    )
    return {
      stream,
      send: (event, data) => {
        if (own) this.#push(own, this.#encoder.encode(eventText(event, data)))
      },
    }
  }

  /** Sends all of them an event. */
  send(event: string, data: string): void {
    this.#sendAll(eventText(event, data))
  }

  /** Sends what keeps connections from being taken for dead. */
  keepAlive(): void {
    this.#sendAll(': \n\n')
  }

  /** Ends all connections. */
  close(): void {
    for (const controller of this.#controllers) this.#end(controller)
  }

  #sendAll(text: string): void {
    const bytes = this.#encoder.encode(text)
    for (const controller of this.#controllers) this.#push(controller, bytes)
  }

  #push(controller: Controller, bytes: Uint8Array): void {
    if (!this.#controllers.has(controller)) return
    if ((controller.desiredSize ?? 0) < bytes.length) this.#end(controller)
    else controller.enqueue(bytes)
  }

  #end(controller: Controller): void {
    this.#controllers.delete(controller)
    controller.close()
  }
}

function eventText(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`
}
