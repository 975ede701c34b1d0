import { BlueskyError } from '../../errors/bluesky-error.js'
import { className, isPlainObject } from '../../documents/values/json-writer.js'
import { ByteWriter } from './byte-writer.js'

/** How deep a value may nest to be written; no document does. */
const maxDepth = 1000

/** Walks a value and has its parts written in a binary format, keeping the path for messages. */
export abstract class ValueWriter {
  protected readonly out = new ByteWriter()
  readonly #path: (string | number)[] = []

  /** The format's name, for messages. */
  protected abstract readonly format: string
  protected abstract writeNull(): void
  protected abstract writeBoolean(value: boolean): void
  protected abstract writeInteger(value: bigint): void
  protected abstract writeFloat(value: number): void
  protected abstract writeText(value: string): void
  protected abstract writeList(items: readonly unknown[]): void
  protected abstract writeDict(items: readonly (readonly [unknown, unknown])[]): void
  /** Writes an instance of a class; returns false if it has no form. */
  protected abstract writeObject(value: object): boolean

  /**
   * Writes one value; numbers that are whole become integers.
   *
   * @throws BlueskyError `not-representable` for what has no form, `too-deep` for what nests too deep.
   */
  encode(value: unknown): Uint8Array {
    this.write(value)
    return this.out.finish()
  }

  protected write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.writeText(value)
        return
      case 'number':
        if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.writeInteger(BigInt(value))
        else this.writeFloat(value)
        return
      case 'bigint':
        this.writeInteger(value)
        return
      case 'boolean':
        this.writeBoolean(value)
        return
      case 'object':
        if (value === null) this.writeNull()
        else this.#writeContainer(value)
        return
      default:
        throw this.refuse(`a ${typeof value}`)
    }
  }

  /** Writes a part of a value, under its key or index. */
  protected writePart(step: string | number, value: unknown): void {
    this.#path.push(step)
    if (this.#path.length > maxDepth) {
      throw new BlueskyError(
        'too-deep',
        `a value that nests deeper than ${maxDepth}, or contains itself`,
      )
    }
    this.write(value)
    this.#path.pop()
  }

  /** Writes the value that a dict has under a key. */
  protected writeItem(key: unknown, value: unknown): void {
    if (typeof key === 'string' || typeof key === 'number') this.writePart(key, value)
    else this.writePart(`{${key instanceof Object ? className(key) : typeof key}}`, value)
  }

  /** The error for a value that the format has no form for. */
  protected refuse(kind: string): BlueskyError {
    const path = this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    return new BlueskyError(
      'not-representable',
      `$${path.join('')} is ${kind}, which has no form in ${this.format}; leave it out or turn it into something simpler`,
    )
  }

  #writeContainer(value: object): void {
    if (Array.isArray(value)) this.writeList(value)
    else if (value instanceof Map) this.writeDict([...(value as Map<unknown, unknown>)])
    else if (!this.writeObject(value)) {
      if (!isPlainObject(value)) throw this.refuse(`a ${className(value)}`)
      this.writeDict(Object.entries(value))
    }
  }
}
