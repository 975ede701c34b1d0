/** A promise with what settles it, as `Promise.withResolvers()` makes from Node 22 on. */
export interface Resolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

export function withResolvers<T>(): Resolvers<T> {
  let resolve: (value: T) => void = never
  let reject: (error: Error) => void = never
  const promise = new Promise<T>((...both) => ([resolve, reject] = both))
  // one that is rejected with nobody waiting is no error of the program
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

function never(): void {
  throw new Error('a promise calls its executor at once')
}
