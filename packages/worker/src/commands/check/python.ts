import { execa } from 'execa'

import { type CheckResult, fail, ok } from './check-result.js'

/** What a Python has that matters here. */
export interface PythonFacts {
  readonly version: string
  readonly papermill: string
  /** Names of the kernels that it can start. */
  readonly kernels: readonly string[]
}

const program = `
import json, platform
from importlib.metadata import version
import papermill
from jupyter_client.kernelspec import KernelSpecManager
print(json.dumps({
    "version": platform.python_version(),
    "papermill": version("papermill"),
    "kernels": sorted(KernelSpecManager().find_kernel_specs()),
}))
`

/** Looks into a Python: is it there, has it papermill, which kernels can it start? */
export async function checkPython(
  python: string,
): Promise<{ results: CheckResult[]; facts: PythonFacts | null }> {
  const { stdout, stderr, failed, code } = await execa(python, ['-c', program], {
    reject: false,
    timeout: 60_000,
  })
  if (failed) {
    const message =
      code === 'ENOENT'
        ? `there is no ${python}; give the path of a Python with papermill as \`python\``
        : `${python} can't import papermill (${lastLine(stderr)}); run ${python} -m pip install papermill ipykernel`
    return { results: [fail('python', message)], facts: null }
  }
  const facts = JSON.parse(stdout) as PythonFacts
  const found = `${python} is Python ${facts.version} with papermill ${facts.papermill}`
  const kernels =
    facts.kernels.length > 0
      ? ok('kernels', facts.kernels.join(', '))
      : fail('kernels', `${python} knows no kernel; run ${python} -m pip install ipykernel`)
  return { results: [ok('python', found), kernels], facts }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'no message'
}
