import { fromLosslessJson, manifestName, safeName } from '@prompt-papermill/core'

import type { AttemptRow } from '../../ledger/rows.js'
import { OperationError } from '../../operation-error.js'
import { type AttemptFolder, attemptFolder } from '../files/attempt-folder.js'
import { isPicture } from '../files/content-type.js'
import { type ListedFile, listFiles } from '../files/list-files.js'
import { openFile } from '../files/open-file.js'
import type { PictureCache } from '../notebook/picture-cache.js'
import { readNotebook, UnreadableNotebookError } from '../notebook/read-notebook.js'
import type { ApiPlace } from '../place.js'
import type { AttemptDetail, AttemptSummary, Figure } from '../schemas.js'
import { briefObject, clip } from './brief.js'
import { attemptSummary } from './summaries.js'

/** A manifest that is larger is not shown, but can be downloaded. */
const largestManifest = 2 * 1024 ** 2

/** A cell's source that is shown. */
const longestSource = 10_000

/** All that is shown of one attempt. */
export async function attemptDetail(
  place: ApiPlace,
  cache: PictureCache,
  job: string,
  attempt: number,
): Promise<AttemptDetail> {
  const summary = await summaryOf(place, job, attempt)
  let folder: AttemptFolder
  try {
    folder = await attemptFolder(place, job, attempt)
  } catch (error) {
    if (!(error instanceof OperationError)) throw error
    return { ...summary, ...nothing, message: summary.message ?? error.message }
  }
  const { files, truncated } = await listFiles(folder)
  const notebook = notebookOf(files, await entryOf(place, job))
  return {
    ...summary,
    files: files.map(({ name, size }) => ({ name, size, url: fileUrl(folder, name) })),
    files_truncated: truncated,
    figures: await figuresOf(folder, files, notebook, cache),
    notebook: notebook ? `${folder.url}/notebook?v=${Math.trunc(notebook.time)}` : null,
    failing_cell: notebook ? await failingCell(folder, notebook, summary) : null,
    manifest: await manifestOf(folder, files),
  }
}

/** The figures of an attempt, and nothing else of it; none where it has no folder. */
export async function attemptFigures(
  place: ApiPlace,
  cache: PictureCache,
  job: string,
  attempt: number,
): Promise<{ readonly figures: readonly Figure[] }> {
  const folder = await attemptFolder(place, job, attempt)
  const { files } = await listFiles(folder)
  const notebook = notebookOf(files, await entryOf(place, job))
  return { figures: await figuresOf(folder, files, notebook, cache) }
}

const nothing = {
  files: [],
  files_truncated: false,
  figures: [],
  notebook: null,
  failing_cell: null,
  manifest: null,
}

/** The figures of an attempt: files that are pictures, and the pictures in its notebook. */
async function figuresOf(
  folder: AttemptFolder,
  files: readonly ListedFile[],
  notebook: ListedFile | null,
  cache: PictureCache,
): Promise<Figure[]> {
  const own = files
    .filter(({ name }) => isPicture(name))
    .map(({ name, time }) => ({
      title: name,
      url: `${fileUrl(folder, name)}?v=${Math.trunc(time)}`,
    }))
  if (!notebook) return own
  const pictures = await cache.picturesOf(folder, notebook)
  const shown = pictures.map(({ cell }, index) => ({
    title: `Cell ${cell}`,
    url: `${folder.url}/figures/${index + 1}?v=${Math.trunc(notebook.time)}`,
  }))
  return [...own, ...shown]
}

/** The notebook that the attempt executed, among its files; null if it is not there yet. */
export function notebookOf(files: readonly ListedFile[], entry: string): ListedFile | null {
  const notebooks = files.filter(({ name }) => name.endsWith('.ipynb') && !name.includes('/'))
  return notebooks.find(({ name }) => name === `${safeName(entry)}.ipynb`) ?? notebooks[0] ?? null
}

/** The name of a job's entry. */
export async function entryOf({ ledger }: Pick<ApiPlace, 'ledger'>, job: string): Promise<string> {
  return (await ledger.job(job))?.job.entry ?? ''
}

function fileUrl({ url }: AttemptFolder, name: string): string {
  return `${url}/files/${name
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')}`
}

async function summaryOf(
  { ledger, feed }: ApiPlace,
  job: string,
  attempt: number,
): Promise<AttemptSummary> {
  const row = (await ledger.attempts(job)).find((one) => one.attempt === attempt)
  if (row) return attemptSummary(row)
  const live = feed.statusOf(job)
  if (live?.attempt !== attempt || live.startedAt === null) {
    throw new OperationError(
      'not-found',
      `there is no attempt ${attempt} of the job ${clip(job, 100)}`,
    )
  }
  // it has begun, and the ledger does not have it yet
  const begun: AttemptRow = {
    job,
    attempt,
    state: 'running',
    reason: null,
    message: null,
    evidence: null,
    results_dir: live.resultsDir,
    started_at: live.startedAt,
    finished_at: null,
  }
  return attemptSummary(begun)
}

async function failingCell(
  folder: AttemptFolder,
  { name }: ListedFile,
  { evidence }: AttemptSummary,
): Promise<AttemptDetail['failing_cell']> {
  const number = evidence?.cell
  if (number === undefined) return null
  try {
    const { cells } = await readNotebook(folder, name)
    const cell = cells[number - 1]
    return cell ? { number, source: clip(cell.source, longestSource) } : null
  } catch (error) {
    if (error instanceof UnreadableNotebookError || error instanceof OperationError) return null
    throw error
  }
}

async function manifestOf(
  folder: AttemptFolder,
  files: readonly ListedFile[],
): Promise<Record<string, unknown> | null> {
  const listed = files.find(({ name }) => name === manifestName)
  if (!listed || listed.size > largestManifest) return null
  const { handle } = await openFile(folder, manifestName)
  try {
    const manifest = fromLosslessJson(await handle.readFile('utf8'))
    return typeof manifest === 'object' && manifest !== null ? briefObject(manifest) : null
  } catch {
    // what a notebook put in its place; it is listed, and can be downloaded
    return null
  } finally {
    await handle.close()
  }
}
