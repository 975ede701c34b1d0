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
    return findOwner(message, this.#owners)
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
    for (const uid of run.owned) this.add(uid, run)
  }

  /** Takes from a run all that it has. */
  removeAll(run: Run): void {
    for (const uid of run.owned) this.remove(uid, run)
  }
}

/** Whose a document is, by the uid of the descriptor or resource that it names; null if that is not known. */
export function findOwner<Owner>(
  message: OwnedMessage,
  owners: { get(uid: string): Owner | undefined },
): Owner | null {
  switch (message.name) {
    case 'event':
    case 'event_page':
      return owners.get(message.doc.descriptor) ?? null
    case 'stream_datum':
      // one that was composed and not yet given to a descriptor still has its resource
      return owners.get(message.doc.descriptor) ?? owners.get(message.doc.stream_resource) ?? null
    case 'datum':
    case 'datum_page':
      return owners.get(message.doc.resource) ?? null
    case 'bulk_events':
      return owners.get(Object.keys(message.doc)[0] ?? '') ?? null
    case 'bulk_datum':
      return owners.get(String((message.doc as { resource?: unknown }).resource)) ?? null
  }
}
