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

/** Looks into a Python, behind its launcher if it has one: is it there, has it papermill, and which kernels? */
export async function checkPython(
  python: string,
  launcher: readonly string[] = [],
): Promise<{ results: CheckResult[]; facts: PythonFacts | null }> {
  const [first, ...others] = [...launcher, python]
  const args = [...others, '-c', program]
  const { stdout, stderr, failed, timedOut, code } = await execa(first, args, {
    reject: false,
    timeout: 60_000,
    stdin: 'ignore',
  })
  if (failed) {
    const message =
      code === 'ENOENT'
        ? `there is no ${first}; ${launcher.length > 0 ? 'install it, or change `launcher`' : 'give the path of a Python with papermill as `python`'}`
        : timedOut
          ? `${[...launcher, python].join(' ')} gave no answer within a minute; is the queue full?`
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
