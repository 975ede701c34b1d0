import { runsJobsAttemptsActs } from './0001-runs-jobs-attempts-acts.js'
import { catchUp } from './0002-catch-up.js'

/**
 * What brings a database from one version to the next: the first makes version 1 of an empty one. A migration
 * that was released is never changed; the next gets the next number.
 */
export const migrations: readonly string[] = [runsJobsAttemptsActs, catchUp]
