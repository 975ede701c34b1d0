import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { hashFile, listArtifacts, type Manifest, manifestName } from '@prompt-papermill/core'
import { PNG } from 'pngjs'

import type { JobRow } from '../../ledger/rows.js'

/** Something that the demo shows, and whether it is so. */
export interface Proof {
  readonly claim: string
  /** Null: it holds. */
  readonly problem: string | null
}

/** What the RunEngine itself said of a run. */
export interface ReportedRun {
  readonly uid: string
  readonly plan_name: string | null
  readonly exit_status: string
  /** Events of the stream `primary`. */
  readonly events: number
}

/** Looks at what a job of a run left, and says whether it is what the run asks for. */
export async function checkJob(run: ReportedRun, job: JobRow): Promise<Proof[]> {
  if (run.exit_status !== 'success') {
    const found = `${job.state} (${job.reason})`
    return [
      {
        claim: `the job of the failed run is skipped (exit-status)`,
        problem: found === 'skipped (exit-status)' ? null : `it is ${found}`,
      },
    ]
  }
  const folder = job.results_dir
  if (job.state !== 'succeeded' || folder === null) {
    const problem = `it is ${job.state} (${job.reason}): ${job.message}`
    return [{ claim: `${job.entry} succeeded`, problem }]
  }
  return Promise.all([
    prove('the notebook has the run’s uid', () => notebookHasUid(folder, job.entry, run.uid)),
    prove(`the notebook read the run’s ${run.events} events`, () =>
      notebookSays(folder, job.entry, `${run.events} events of run ${run.uid}`),
    ),
    prove('the figure is a PNG that is not blank', () => figureIsDrawn(folder)),
    prove('the manifest’s hashes are those of the files', () => hashesAgree(folder, run.uid)),
  ])
}

async function prove(claim: string, check: () => Promise<string | null>): Promise<Proof> {
  try {
    return { claim, problem: await check() }
  } catch (error) {
    return { claim, problem: (error as Error).message }
  }
}

interface Notebook {
  readonly cells: readonly {
    readonly source: string | readonly string[]
    readonly metadata: { readonly tags?: readonly string[] }
    readonly outputs?: readonly { readonly text?: string | readonly string[] }[]
  }[]
}

async function readNotebook(folder: string, entry: string): Promise<Notebook> {
  return JSON.parse(await readFile(join(folder, `${entry}.ipynb`), 'utf8')) as Notebook
}

async function notebookHasUid(folder: string, entry: string, uid: string): Promise<string | null> {
  const { cells } = await readNotebook(folder, entry)
  const injected = cells.find(({ metadata }) => metadata.tags?.includes('injected-parameters'))
  if (!injected) return 'it has no injected parameters'
  return joined(injected.source).includes(`uid = "${uid}"`) ? null : 'its parameters have another'
}

async function notebookSays(folder: string, entry: string, text: string): Promise<string | null> {
  const { cells } = await readNotebook(folder, entry)
  const said = cells.flatMap(({ outputs = [] }) => outputs.map((output) => joined(output.text)))
  return said.some((each) => each.includes(text)) ? null : `it does not say "${text}"`
}

async function figureIsDrawn(folder: string): Promise<string | null> {
  const { artifacts } = await listArtifacts(folder)
  const figure = artifacts.find(({ name }) => name.endsWith('.png'))
  if (!figure) return 'there is none'
  const { data } = PNG.sync.read(await readFile(join(folder, figure.name)))
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
    // axes are black on white; what is drawn in them has a colour
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) return null
  }
  return `${figure.name} has axes, but nothing is drawn in them`
}

async function hashesAgree(folder: string, uid: string): Promise<string | null> {
  const manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Manifest
  if (manifest.uid !== uid) return `the manifest is of run ${manifest.uid}`
  if (manifest.artifacts.length === 0) return 'the manifest lists nothing'
  for (const { name, sha256 } of manifest.artifacts) {
    if ((await hashFile(join(folder, name))) !== sha256) return `${name} has another hash`
  }
  return null
}

function joined(text: string | readonly string[] | undefined): string {
  return typeof text === 'string' ? text : (text ?? []).join('')
}
