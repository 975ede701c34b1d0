import type { BlueskyError } from '../../errors/bluesky-error.js'

/** What a `Publisher` says. */
export interface PublisherEvents {
  /** The connection to the proxy, by its address. */
  connected: (address: string) => void
  /** The connection to the proxy at that address is gone; it comes back by itself. */
  disconnected: (address: string) => void
  /**
   * The proxy refuses the connection: a wrong or unlisted CURVE key, none where one is wanted, or no proxy.
   * The reason, of code `connection`, says what to do. Said once and then every ten seconds while it lasts;
   * the publisher goes on trying.
   */
  refused: (address: string, reason: BlueskyError) => void
  /** So many documents were lost: the backlog was full, or nobody took them before it was closed. */
  lost: (documents: number) => void
}
