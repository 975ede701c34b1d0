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
  readonly job: string
  readonly rule: string
  readonly entry: string
  readonly action: string
  readonly attempt: number
  readonly uid: string
  readonly plan_name: string | null
  readonly scan_id: number | string | null
  readonly exit_status: string | null
  /** SHA-256 over the Run Start's lossless JSON with keys sorted by code point and no spaces. */
  readonly start_digest: string
  readonly template: string | null
  readonly parameters: Readonly<Record<string, unknown>>
  readonly host: string
  /** ISO 8601, UTC. */
  readonly queued_at: string
  readonly started_at: string
  readonly finished_at: string
  readonly state: ActionResult['state']
  readonly reason: string | null
  readonly message: string | null
  readonly evidence: FailureEvidence | null
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
 * and no spaces.
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
