/** Brings a list in Fortran order (first index fastest) into C order. */
export function fromFortranOrder(list: readonly unknown[], shape: readonly number[]): unknown[] {
  const ordered: unknown[] = []
  forEachInCOrder(shape, (from) => ordered.push(list[from]))
  return ordered
}

/** A copy of elements of `itemsize` bytes in Fortran order, in C order. */
export function reorderBytes(
  bytes: Uint8Array,
  itemsize: number,
  shape: readonly number[],
): Uint8Array {
  const ordered = new Uint8Array(bytes.length)
  forEachInCOrder(shape, (from, to) => {
    for (let i = 0; i < itemsize; i++) {
      ordered[to * itemsize + i] = bytes[from * itemsize + i] as number
    }
  })
  return ordered
}

/** Reverses the bytes of each element, in place. */
export function swapBytes(bytes: Uint8Array, itemsize: number): void {
  for (let at = 0; at < bytes.length; at += itemsize) {
    for (let low = at, high = at + itemsize - 1; low < high; low++, high--) {
      const byte = bytes[low] as number
      bytes[low] = bytes[high] as number
      bytes[high] = byte
    }
  }
}

/** Calls `visit` with each element's place in Fortran order, in C order. */
function forEachInCOrder(
  allLengths: readonly number[],
  visit: (from: number, to: number) => void,
): void {
  // an axis of one element changes nothing, and would be passed by at every element
  const shape = allLengths.filter((length) => length !== 1)
  const strides = shape.map((_, axis) =>
    shape.slice(0, axis).reduce((product, length) => product * length, 1),
  )
  const count = shape.reduce((product, length) => product * length, 1)
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < count; to++) {
    visit(from, to)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number
      const next = (index[axis] as number) + 1
      from += stride
      index[axis] = next
      if (next < (shape[axis] as number)) break
      from -= next * stride
      index[axis] = 0
    }
  }
}
