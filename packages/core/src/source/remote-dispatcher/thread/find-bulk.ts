/** How far into a frame its bulk data is looked for: events have little in front of an image. */
const searched = 16_384
/** What is shorter is no bulk data: copying it once more costs nothing to speak of. */
const leastBulk = 32_768

/**
 * Guesses where the bulk data of a frame begins, such as the pixels of an image: behind the first header of
 * pickle's bytes (BINBYTES, BINBYTES8, BYTEARRAY8) or msgpack's (bin 32) whose length is large and fits
 * into the frame. A wrong guess costs a copy, and nothing else.
 *
 * @returns the offset of its first byte; 0 if there seems to be none.
 */
export function findBulk(frame: Uint8Array): number {
  const end = Math.min(searched, frame.length - leastBulk)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  for (let at = 0; at < end; at++) {
    const start = at + headerBytes(frame[at] as number)
    if (start === at) continue
    const length = lengthIn(view, at)
    if (length >= leastBulk && start + length <= frame.length) return start
  }
  return 0
}

/** How long a header is that begins with this byte; 0 if none does. */
function headerBytes(code: number): number {
  switch (code) {
    case 0x42: // BINBYTES
    case 0xc6: // bin 32
      return 5
    case 0x8e: // BINBYTES8
    case 0x96: // BYTEARRAY8
      return 9
    default:
      return 0
  }
}

/** The length that the header at `at` gives. */
function lengthIn(view: DataView, at: number): number {
  switch (view.getUint8(at)) {
    case 0x42:
      return view.getUint32(at + 1, true)
    case 0xc6:
      return view.getUint32(at + 1)
    default:
      return view.getUint32(at + 1, true) + view.getUint32(at + 5, true) * 2 ** 32
  }
}
