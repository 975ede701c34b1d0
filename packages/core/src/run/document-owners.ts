import type { DocumentMessage } from '../documents/messages.js'
import type { Run } from './run.js'

/** The documents that name their run only by what came before them. */
export type OwnedMessage = DocumentMessage & {
  name:
    'event' | 'event_page' | 'bulk_events' | 'stream_datum' | 'datum' | 'datum_page' | 'bulk_datum'
}

/** Open runs by the uids of their descriptors, resources and stream resources. */
export class DocumentOwners {
  readonly #owners = new Map<string, Run>()

  /** The run that a document belongs to, or null if that can't be told. */
  of(message: OwnedMessage): Run | null {
    switch (message.name) {
      case 'event':
      case 'event_page':
        return this.#of(message.doc.descriptor)
      case 'stream_datum':
        // one that was composed and not yet given to a descriptor still has its resource
        return this.#of(message.doc.descriptor) ?? this.#of(message.doc.stream_resource)
      case 'datum':
      case 'datum_page':
        return this.#of(message.doc.resource)
      case 'bulk_events':
        return this.#of(Object.keys(message.doc)[0] ?? '')
      case 'bulk_datum':
        return this.#of(String((message.doc as { resource?: unknown }).resource))
    }
  }

  /** Whether a run owns what has that uid. */
  has(uid: string, run: Run): boolean {
    return this.#owners.get(uid) === run
  }

  /** Gives to a run what has that uid. */
  add(uid: string, run: Run): void {
    this.#owners.set(uid, run)
  }

  /** Takes from a run what has that uid. */
  remove(uid: string, run: Run): void {
    if (this.has(uid, run)) this.#owners.delete(uid)
  }

  /** Gives a run all that it knows of its own. */
  addAll(run: Run): void {
    for (const uid of uidsOf(run)) this.add(uid, run)
  }

  /** Takes from a run all that it has. */
  removeAll(run: Run): void {
    for (const uid of uidsOf(run)) this.remove(uid, run)
  }

  #of(uid: string): Run | null {
    return this.#owners.get(uid) ?? null
  }
}

function uidsOf({ descriptors, resources }: Run): readonly string[] {
  return [...descriptors.map(({ uid }) => uid), ...resources]
}
