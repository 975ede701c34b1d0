/** Bytes from parts; a string stands for its characters' codes, up to \xff. */
export function bytesOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    ),
  )
}

/** The same bytes so many times. */
export function repeated(count: number, part: string): Uint8Array {
  return Buffer.alloc(count * part.length, part, 'latin1')
}

/** Two bytes, little-endian. */
export function uint16(value: number): Uint8Array {
  return new Uint8Array(Uint16Array.of(value).buffer)
}

/** Four bytes, little-endian. */
export function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

/** Eight bytes, little-endian. */
export function uint64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer)
}

/** The code of the BlueskyError that `call` throws; fails if it throws another error, or none. */
export function codeThrownBy(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof Error && error.name === 'BlueskyError' && 'code' in error) {
      // a mistake of the code under test would come as the cause
      const { cause } = error
      if (cause instanceof TypeError && !/encoded data was not valid/.test(cause.message))
        throw cause
      return String(error.code)
    }
    throw error
  }
  throw new Error('nothing was thrown')
}
