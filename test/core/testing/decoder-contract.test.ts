import { fromLosslessJson, jsonDecoder, makeDecoder } from '@prompt-papermill/core'
import { type DecoderExample, describeDecoder } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { partsOf, readExpected, readFrames } from '../../support/vectors.js'

const framework = { describe, expect, it }

/** The first document of a recording. */
function exampleOf(vector: string): DecoderExample {
  const { name, payload } = partsOf(readFrames(vector)[0]!)
  const [, value] = fromLosslessJson(readExpected(vector)[0]!) as [string, unknown]
  return { name: `the ${name} of ${vector}`, payload: payload.slice(), value }
}

describeDecoder(framework, makeDecoder('pickle'), [
  exampleOf('reflection_scan'),
  exampleOf('pickle2'),
])
describeDecoder(framework, makeDecoder('msgpack'), [exampleOf('msgpack')])
describeDecoder(framework, jsonDecoder(), [exampleOf('json')])
describeDecoder(framework, makeDecoder('auto'), [exampleOf('failing'), exampleOf('json')])
