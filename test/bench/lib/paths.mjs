import { fileURLToPath } from 'node:url'

/** A path below the checkout. */
export const at = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** The Python that `.ci/prepare.mjs` made. */
export const python = at('.venv/bin/python')
