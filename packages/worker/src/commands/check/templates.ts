import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { dirname } from 'node:path'

import type { Config } from '../../config/config.js'
import { executable, launcherOf } from '../../config/programs.js'
import { type CheckResult, fail, ok, warn } from './check-result.js'
import { checkPython, type PythonFacts } from './python.js'

interface NotebookCell {
  readonly metadata?: { readonly tags?: readonly string[] }
}

interface Notebook {
  readonly nbformat?: number
  readonly cells?: readonly NotebookCell[]
  readonly metadata?: { readonly kernelspec?: { readonly name?: string } }
}

/** Looks at every template that the rules name, or at all of the folder for the default rule. */
export async function checkTemplates(
  config: Config,
  facts: PythonFacts | null,
): Promise<CheckResult[]> {
  let names: string[]
  try {
    names = (await readdir(config.templates)).filter((name) => name.endsWith('.ipynb')).sort()
  } catch (error) {
    const message = `the folder ${config.templates} can't be read (${(error as Error).message}); make it, and put the notebooks there`
    return [fail('templates', message)]
  }
  if (!config.rules) {
    if (names.length === 0) {
      const message = `no notebook in ${config.templates}, so no run will be analysed; plan P runs P.ipynb`
      return [warn('templates', message)]
    }
    return Promise.all(names.map((template) => checkTemplate(config, { template }, facts)))
  }
  const notebooks = config.rules.flatMap(({ notebooks: list = [] }) => list)
  return Promise.all(
    notebooks.map(async ({ template, kernel, python, launcher }) => {
      const from = dirname(config.file)
      const own =
        python === undefined && launcher === undefined
          ? facts
          : await factsOf(
              python === undefined ? config.python : executable(python, from),
              launcher === undefined ? config.launcher : launcherOf(launcher, from),
            )
      return checkTemplate(config, { template, kernel }, own)
    }),
  )
}

async function factsOf(python: string, launcher: readonly string[]): Promise<PythonFacts | null> {
  return (await checkPython(python, launcher)).facts
}

async function checkTemplate(
  config: Config,
  { template, kernel }: { template: string; kernel?: string | undefined },
  facts: PythonFacts | null,
): Promise<CheckResult> {
  const path = join(config.templates, template)
  const subject = `template ${template}`
  let notebook: Notebook
  try {
    notebook = JSON.parse(await readFile(path, 'utf8')) as Notebook
  } catch (error) {
    return fail(subject, `${path} can't be read as a notebook: ${(error as Error).message}`)
  }
  const { cells } = notebook
  if (notebook.nbformat !== 4 || cells === undefined) {
    return fail(subject, `${path} is no notebook of format 4; open and save it in Jupyter`)
  }
  const wanted = kernel ?? notebook.metadata?.kernelspec?.name
  if (wanted === undefined) {
    return fail(
      subject,
      `${path} names no kernel; save it with one, or give \`kernel\` in its entry`,
    )
  }
  if (facts && !facts.kernels.includes(wanted)) {
    return fail(subject, `${path} wants the kernel ${wanted}; there is ${facts.kernels.join(', ')}`)
  }
  const tagged = cells.some((cell) => cell.metadata?.tags?.includes('parameters') ?? false)
  return tagged
    ? ok(subject, `${cells.length} cells, kernel ${wanted}`)
    : warn(subject, 'no cell is tagged "parameters"; they are put in front of the first cell')
}
