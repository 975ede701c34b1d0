import type { AttemptFolder } from '../files/attempt-folder.js'
import type { ListedFile } from '../files/list-files.js'
import { type Picture, picturesOf } from './pictures.js'
import { readNotebook, UnreadableNotebookError } from './read-notebook.js'

/** Pictures that are kept in memory, in bytes. */
const most = 32 * 1024 ** 2

interface Kept {
  readonly pictures: readonly Picture[]
  readonly bytes: number
}

/** The pictures of notebooks that were asked for lately, so that each notebook is read once for all of them. */
export class PictureCache {
  readonly #kept = new Map<string, Promise<Kept>>()
  readonly #sizes = new Map<string, number>()

  /** The pictures of a notebook as it is now; none if it can't be read. */
  async picturesOf(folder: AttemptFolder, file: ListedFile): Promise<readonly Picture[]> {
    const key = `${folder.path}/${file.name}\0${file.size}\0${file.time}`
    const known = this.#kept.get(key)
    const reading = known ?? read(folder, file.name)
    // the one that was used last is the last to go
    this.#kept.delete(key)
    this.#kept.set(key, reading)
    try {
      const { pictures, bytes } = await reading
      if (!known) this.#sizes.set(key, bytes)
      this.#trim()
      return pictures
    } catch (error) {
      this.#kept.delete(key)
      throw error
    }
  }

  #trim(): void {
    let sum = 0
    for (const key of [...this.#kept.keys()].reverse()) {
      // also one without pictures takes something
      sum += (this.#sizes.get(key) ?? 0) + 1000
      if (sum <= most) continue
      this.#kept.delete(key)
      this.#sizes.delete(key)
    }
  }
}

async function read(folder: AttemptFolder, name: string): Promise<Kept> {
  try {
    const pictures = picturesOf(await readNotebook(folder, name))
    return { pictures, bytes: pictures.reduce((sum, { bytes }) => sum + bytes.length, 0) }
  } catch (error) {
    if (error instanceof UnreadableNotebookError) return { pictures: [], bytes: 0 }
    throw error
  }
}
