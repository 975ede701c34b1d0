import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { hasKafka, KafkaBroker, publishRuns } from '../../support/kafka-broker.js'
import { hasPython, python } from '../../support/python.js'
import { hasTiled, TiledServer } from '../../support/tiled-server.js'
import type { Example } from './example.js'
import type { Placing } from './workshop.js'

/** A server that takes a while to start, and what examples need it. */
export interface Server {
  readonly name: string
  /** Whether it can be started here. */
  readonly isThere: boolean
  isNeededBy(example: Example): boolean
  /** Starts it, with one run in it. */
  open(): Promise<Placing>
}

const imports =
  (module: string) =>
  ({ code }: Example): boolean =>
    code.includes(`from '${module}'`)

/** The servers that examples need, each of which is shared by all that do. */
export const servers: readonly Server[] = [
  {
    name: 'a Tiled server',
    isThere: hasTiled,
    isNeededBy: imports('@prompt-papermill/core/tiled'),
    open: () =>
      inFolder(async (folder, ending) => {
        const server = await TiledServer.start(folder)
        ending.push(() => server.stop())
        const [[, start] = ['', {}]] = await server.measure(['scan'])
        return [
          ['http://localhost:8000', server.url],
          ['5d8beb4d-8b22-44a9-a1da-0839189d3c61', String(start['uid'])],
        ]
      }),
  },
  {
    name: 'a Kafka broker',
    isThere: hasKafka && hasPython,
    isNeededBy: imports('@prompt-papermill/core/kafka'),
    open: () =>
      inFolder(async (folder, ending) => {
        const topic = 'bl.bluesky.runengine.documents'
        const broker = await KafkaBroker.start(folder)
        ending.push(() => broker.kill())
        await broker.createTopic(topic, 1)
        await publishRuns(python, broker.address, topic, 1)
        return [['localhost:9092', broker.address]]
      }),
  },
]

/** The server that an example needs; undefined if it needs none. */
export function serverOf(example: Example): Server | undefined {
  return servers.find((server) => server.isNeededBy(example))
}

type Ending = () => Promise<void>
/** What examples name, and what is really there. */
type Places = readonly (readonly [string, string])[]

/** Opens something in a folder of its own; what it pushes to `ending` is done at the end, or when it can't be opened. */
async function inFolder(
  open: (folder: string, ending: Ending[]) => Promise<Places>,
): Promise<Placing> {
  const folder = await mkdtemp(join(tmpdir(), 'papermill-docs-'))
  const ending: Ending[] = []
  const close = async (): Promise<void> => {
    for (const end of ending) await end()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const places = await open(folder, ending)
    return {
      place: (text) =>
        places.reduce((placed, [named, real]) => placed.replaceAll(named, real), text),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
