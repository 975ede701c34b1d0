import type { DocumentSource } from '@prompt-papermill/core'

/** Where the connection to one address stands. */
export interface AddressHealth {
  /** As the source has it: `tcp://localhost:5578`. */
  readonly address: string
  /** `refused`: something answers there, and does not let the worker in. */
  readonly state: 'connected' | 'disconnected' | 'refused'
  /** What is wrong and what to do; null where nothing is. */
  readonly trouble: string | null
}

/** Follows the connections of a source by what it tells of them, address by address. */
export class SourceStates {
  readonly #source: DocumentSource
  readonly #states = new Map<string, AddressHealth>()

  constructor(source: DocumentSource) {
    this.#source = source
    const set = (
      address: string,
      state: AddressHealth['state'],
      trouble: string | null = null,
    ): void => {
      this.#states.set(address, { address, state, trouble })
    }
    source.on('connected', (address) => set(address, 'connected'))
    source.on('disconnected', (address) => set(address, 'disconnected', lost(address)))
    source.on('refused', (address, { message }) => set(address, 'refused', message))
  }

  /** The addresses of which something was told. */
  get addresses(): readonly AddressHealth[] {
    return [...this.#states.values()]
  }

  /** What is wrong with the source and what to do; null: nothing. */
  get trouble(): string | null {
    if (this.#source.connected !== false) return null
    const troubles = this.addresses.flatMap(({ trouble }) => trouble ?? [])
    if (troubles.length > 0) return troubles.join('; ')
    return `${this.#source.description} has not been reached yet; see that what serves it runs, bluesky-0MQ-proxy for one`
  }
}

function lost(address: string): string {
  return `the connection to ${address} is lost; see that what serves it runs, bluesky-0MQ-proxy for one. It is found again by itself`
}
