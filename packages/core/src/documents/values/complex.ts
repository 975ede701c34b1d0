/**
 * A complex number: Python's `complex`, NumPy's `complex64` and `complex128`.
 *
 * @example
 * ```ts
 * import { Complex } from '@prompt-papermill/core'
 *
 * const z = new Complex(1, 2)
 * console.log(z.re, z.im) // 1 2
 * ```
 */
export class Complex {
  /** The real part. */
  readonly re: number
  /** The imaginary part. */
  readonly im: number

  constructor(re: number, im: number) {
    this.re = re
    this.im = im
  }
}
