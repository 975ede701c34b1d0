import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The Python program that this package ships; found from the sources and from what was built. */
export const pythonProgram: string = (() => {
  for (let up = './'; up.length < 20; up += '../') {
    const path = fileURLToPath(new URL(`${up}python/prompt_papermill_runner.py`, import.meta.url))
    if (existsSync(path)) return path
  }
  throw new Error(
    'prompt_papermill_runner.py is missing: install @prompt-papermill/papermill-runner anew',
  )
})()
