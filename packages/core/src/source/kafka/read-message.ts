import { makeDecoder, type DecoderName } from '../../decode/decoders.js'
import {
  checkDocument,
  type DropReason,
  type FrameOutcome,
  type Validation,
} from '../../decode/frame-reader.js'
import { isDocumentName } from '../../documents/messages.js'
import { BlueskyError } from '../../errors/bluesky-error.js'

/** How the value of a message is read. */
export interface MessageReaderOptions {
  readonly decoder: DecoderName
  readonly enums: readonly string[]
  readonly validate: Validation
}

/** Makes the function that reads a message of bluesky-kafka: `[name, doc]`. It never throws. */
export function messageReader({
  decoder,
  enums,
  validate,
}: MessageReaderOptions): (value: Uint8Array | null) => FrameOutcome {
  const { decode } = bound(makeDecoder(decoder, { enums }))
  return (value) => {
    const bytes = value?.length ?? 0
    const drop = (reason: DropReason, name: string | null, message: string): FrameOutcome => ({
      kind: 'dropped',
      dropped: { reason, name, bytes, message },
    })
    if (!value) return drop('bad-frame', null, 'the message has no value')
    let pair: unknown
    try {
      pair = decode(value)
    } catch (error) {
      const reason = error instanceof BlueskyError ? error.code : 'bad-payload'
      return drop(reason as DropReason, null, (error as Error).message)
    }
    if (!Array.isArray(pair) || pair.length !== 2) {
      return drop('bad-frame', null, 'the message is not [name, document]')
    }
    const [name, doc] = pair as [unknown, unknown]
    if (typeof name !== 'string' || !isDocumentName(name)) {
      const shown = typeof name === 'string' ? name.slice(0, 100) : typeof name
      return drop('unknown-name', shown, `"${shown}" is not the name of a bluesky document`)
    }
    const checked = checkDocument(name, doc, validate)
    return checked.ok
      ? { kind: 'document', prefix: '', message: checked.message, issues: checked.issues }
      : drop('invalid', name, checked.reason)
  }
}

const bound = (decoder: { decode(payload: Uint8Array): unknown }) => ({
  decode: (payload: Uint8Array) => decoder.decode(payload),
})
