/**
 * The first layout. `seq` is the order in which rows came, whatever the clock said. Columns that are `record`,
 * `job`, `status`, `decision`, `evidence`, `details`, `scan_id` and `gaps` hold core's lossless JSON; the other
 * columns are what is looked for, taken from them.
 */
export const runsJobsAttemptsActs = `
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  -- how much is known of it; a record with less never takes the place of one with more
  rank INTEGER NOT NULL,
  plan_name TEXT,
  scan_id TEXT,
  sample TEXT,
  exit_status TEXT,
  complete INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  gaps TEXT NOT NULL,
  started_at TEXT,
  stopped_at TEXT,
  record TEXT NOT NULL,
  decision TEXT,
  search TEXT NOT NULL
) STRICT;
CREATE INDEX runs_open ON runs (seq) WHERE stopped_at IS NULL;
CREATE INDEX runs_by_plan ON runs (plan_name, seq);
CREATE INDEX runs_by_stop ON runs (stopped_at);

CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL REFERENCES runs (uid) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  entry TEXT NOT NULL,
  action TEXT NOT NULL,
  template TEXT,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  attempt INTEGER NOT NULL,
  results_dir TEXT,
  queued_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  status TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_of_run ON jobs (uid, seq);
CREATE INDEX jobs_by_state ON jobs (state, seq);
CREATE INDEX jobs_by_rule ON jobs (rule, seq);

CREATE TABLE attempts (
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  evidence TEXT,
  results_dir TEXT,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_end ON attempts (finished_at) WHERE results_dir IS NOT NULL;

CREATE TABLE acts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  job TEXT,
  uid TEXT,
  details TEXT
) STRICT;
CREATE INDEX acts_on_job ON acts (job, seq) WHERE job IS NOT NULL;
CREATE INDEX acts_on_run ON acts (uid, seq) WHERE uid IS NOT NULL;

-- a row to write to, to find out whether that can be done
CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL) STRICT;
`
