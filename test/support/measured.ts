import type { DocumentMessage } from '@prompt-papermill/core'

import { Deployment } from './command-line.ts'
import type { TiledServer } from './tiled-server.ts'

/** Has runs measured into a server; resolves with their documents, and those of each run. */
export async function measured(server: TiledServer, plans: readonly string[]) {
  const documents = await server.measure(plans)
  const messages = documents.map(([name, doc]) => ({ name, doc }) as unknown as DocumentMessage)
  const runs: DocumentMessage[][] = []
  for (const message of messages) {
    if (message.name === 'start') runs.push([])
    runs.at(-1)?.push(message)
  }
  const uids = documents.filter(([name]) => name === 'start').map(([, doc]) => String(doc.uid))
  return { messages, runs, uids }
}

/** A deployment with a config as a page shows it, and places of its own. */
export async function deploymentWith(config: string, templates?: string): Promise<Deployment> {
  const deployment = new Deployment('', ...(templates === undefined ? [] : [templates]))
  await deployment.written
  deployment.write(config)
  await deployment.written
  return deployment
}
