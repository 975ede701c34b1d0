import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { parse, stringify } from 'lossless-json'

import type { ActionResult, FailureEvidence } from '../actions/action.js'
import { toLosslessJson } from '../documents/values/lossless-json.js'
import type { Job } from '../jobs/job.js'
import type { Artifact } from './artifacts.js'
import { manifestName } from './manifest-name.js'
import { withoutUndefined } from './without-undefined.js'
import { writeWhole } from './write-whole.js'

export { manifestName }

/**
 * What `manifest.json` says of an attempt: what was run, for which run, with what, and what came of it.
 * Actions add to it with `ActionResult.details`; papermill's adds the template's hash, kernel, Python and
 * package versions.
 */
export interface Manifest {
  /** The version of this layout. */
  readonly manifest_version: 1
  /** The job's id; see {@link jobId}. */
  readonly job: string
  /** The name of the rule that matched. */
  readonly rule: string
  /** The name of the rule's entry. */
  readonly entry: string
  /** The name of the entry's action. */
  readonly action: string
  /** The attempt's number, from 1. */
  readonly attempt: number
  /** The run's uid. */
  readonly uid: string
  /** Of the Run Start; null if it has none. */
  readonly plan_name: string | null
  /** Of the Run Start; null if it has none. */
  readonly scan_id: number | string | null
  /** Of the Run Stop: `success`, `abort` or `fail`; null if it has not come. */
  readonly exit_status: string | null
  /** SHA-256 over the Run Start's lossless JSON with keys sorted by code point and no spaces. */
  readonly start_digest: string
  /** The template's path; null for an action that runs no notebook. */
  readonly template: string | null
  /** What the action got; values that JSON has no form for are in the lossless JSON. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The name of the machine that it ran on. */
  readonly host: string
  /** When the job was made: ISO 8601, UTC. */
  readonly queued_at: string
  /** When the attempt began: ISO 8601, UTC. */
  readonly started_at: string
  /** When the action had ended: ISO 8601, UTC. */
  readonly finished_at: string
  /** How the attempt ended. */
  readonly state: ActionResult['state']
  /** Why it failed or was skipped, in one word; else null. */
  readonly reason: string | null
  /** The same for people; null if there is nothing to say. */
  readonly message: string | null
  /** What explains a failure: the cell, the traceback, the signal, the limit; null if nothing is known. */
  readonly evidence: FailureEvidence | null
  /** The files in the attempt's folder, sorted by name; see {@link listArtifacts}. */
  readonly artifacts: readonly Artifact[]
  /** Whether there were more artifacts than are listed. */
  readonly artifacts_truncated: boolean
  /** What the action said besides. */
  readonly [detail: string]: unknown
}

/** What a manifest is made of. */
export interface ManifestParts {
  readonly job: Job
  readonly attempt: number
  readonly startedAt: string
  readonly finishedAt: string
  readonly result: ActionResult
  readonly artifacts: readonly Artifact[]
  readonly truncated: boolean
}

/** Makes the manifest of an attempt that has ended. */
export function makeManifest(parts: ManifestParts): Manifest {
  const { job, attempt, result, artifacts, truncated } = parts
  const { start, stop, uid } = job.run
  const scanId = start?.scan_id
  const own = {
    manifest_version: 1 as const,
    job: job.id,
    rule: job.rule,
    entry: job.entry,
    action: job.action,
    attempt,
    uid,
    plan_name: start?.plan_name ?? null,
    scan_id: scanId ?? null,
    exit_status: stop?.exit_status ?? null,
    start_digest: documentDigest(start),
    template: job.template,
    // all that a notebook got, where its action says so; else what the rule gave
    parameters:
      (result.details?.parameters as Manifest['parameters'] | undefined) ?? job.parameters,
    host: hostname(),
    queued_at: job.queuedAt,
    started_at: parts.startedAt,
    finished_at: parts.finishedAt,
    state: result.state,
    reason: 'reason' in result ? result.reason : null,
    message: result.message ?? null,
    evidence: withoutUndefined('evidence' in result ? result.evidence : undefined) ?? null,
    artifacts,
    artifacts_truncated: truncated,
  }
  // what the action adds comes last, and takes no name of ours
  return { ...own, ...withoutUndefined(result.details), ...own }
}

/**
 * Writes a manifest into its attempt's folder, whole and last. It is strict JSON: parameters that JSON has
 * no form for (NaN, arrays, dates) are in the lossless JSON.
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const indented = stringify(parse(toLosslessJson(manifest)), undefined, 2)
  await writeWhole(join(folder, manifestName), `${indented}\n`)
}

/**
 * The digest of a document: SHA-256, in hexadecimal, over its lossless JSON with keys sorted by code point
 * and no spaces. So two documents that say the same have the same one, whoever wrote them.
 *
 * @param doc - the document, or any value that a document can hold
 * @throws BlueskyError as {@link toLosslessJson}.
 *
 * @example
 * ```ts
 * import { documentDigest } from '@prompt-papermill/core'
 *
 * console.log(documentDigest({ uid: 'a', time: 0 }) === documentDigest({ time: 0, uid: 'a' })) // true
 * ```
 */
export function documentDigest(doc: unknown): string {
  return createHash('sha256')
    .update(toLosslessJson(doc, { sortKeys: true }))
    .digest('hex')
}
