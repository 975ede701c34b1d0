/**
 * What decoding a payload may take: so much, and so much for each of its bytes. docs/explanation/decoders.md says
 * what the constant parts are made of.
 */
export const bounds = {
  /** Of the processor. */
  milliseconds: 1000,
  microsecondsPerByte: 2,
  /** Allocated, that is with what is garbage again at the end. */
  megabytes: 16,
  bytesPerByte: 512,
} as const
