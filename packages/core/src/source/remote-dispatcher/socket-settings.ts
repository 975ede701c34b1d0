/**
 * What all 0MQ sockets here have in common, in milliseconds: heartbeats that notice a half-open connection,
 * which otherwise has no event ever, and a handshake that can't hang on a new one.
 */
export const liveliness = {
  heartbeatInterval: 500,
  heartbeatTimeout: 1500,
  handshakeInterval: 1500,
  reconnectInterval: 200,
  reconnectMaxInterval: 2000,
} as const

/** The longest frame that is taken, in bytes: no more memory than that is given to one. */
export const longestFrame = 256 * 1024 * 1024

/** Frames that are held for who is busy. */
export const usualBacklog = 200_000
