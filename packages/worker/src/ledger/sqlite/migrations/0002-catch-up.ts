/**
 * How far the catching up with each data server has come: stop times of runs, in seconds since the epoch. Another
 * server, or another catalog of it, begins anew.
 */
export const catchUp = `
CREATE TABLE catch_up (
  server TEXT PRIMARY KEY,
  from_time REAL NOT NULL,
  up_to REAL NOT NULL
) STRICT;
`
