import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The checkout's own folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The Python that `.ci/prepare.mjs` made, with bluesky and papermill. */
export const python = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url))

/** Whether that Python is there; `.ci/prepare.mjs` says how to get it. */
export const hasPython = existsSync(python)
