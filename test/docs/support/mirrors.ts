import { execa } from 'execa'
import type ts from 'typescript'

import { python } from '../../support/python.js'
import { placeOf, type PublicName, summaryOf } from './public-names.js'

/** The modules that are mirrored: event_model's routers and helpers, and bluesky's ends of 0MQ. */
const modules = ['event_model', 'bluesky.callbacks.zmq']

const program = `
import importlib, inspect, json, sys

asked = json.load(sys.stdin)

def own(module):
    made = importlib.import_module(module)
    for name, value in vars(made).items():
        of = getattr(value, "__module__", None) or ""
        if not name.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value)):
            if of.startswith(module.split(".")[0]):
                yield name

def exists(path):
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        try:
            for part in parts[cut:]:
                value = getattr(value, part)
            return True
        except AttributeError:
            return False
    return False

json.dump({
    "names": {module: sorted(own(module)) for module in asked["modules"]},
    "missing": [path for path in asked["paths"] if not exists(path)],
}, sys.stdout)
`

interface Answer {
  readonly names: Readonly<Record<string, readonly string[]>>
  readonly missing: readonly string[]
}

/**
 * What is wrong with what docstrings say of their originals: a name that Python has too without "Mirrors
 * `event_model.…`", and an original that isn't there.
 */
export async function mirrorProblems(
  names: readonly PublicName[],
  checker: ts.TypeChecker,
): Promise<string[]> {
  const said = names.map((name) => ({ ...name, paths: mirrored(summaryOf(name.symbol, checker)) }))
  const paths = [...new Set(said.flatMap((each) => each.paths))]
  const { stdout } = await execa(python, ['-c', program], {
    input: JSON.stringify({ modules, paths }),
  })
  const answer = JSON.parse(stdout) as Answer
  return said.flatMap(({ name, declaration, paths: own }) => [
    ...originals(name, answer)
      .filter((path) => !own.some((said) => lastOf(said) === lastOf(path)))
      .map((path) => `${placeOf(declaration)}: ${name} does not say that it mirrors ${path}`),
    ...own
      .filter((path) => answer.missing.includes(path))
      .map((path) => `${placeOf(declaration)}: ${name} mirrors ${path}, which isn't there`),
  ])
}

/** The names of Python that a docstring says it mirrors, in the sentence that says so. */
function mirrored(summary: string): string[] {
  const [, ...behind] = summary.split(/\bmirrors\b/iu)
  return behind.flatMap((text) => {
    const sentence = text.split(/[.;:]\s/u)[0] ?? ''
    return sentence.match(/(?<=`)(?:event_model|bluesky|zmq)(?:\.\w+)+(?=`)/gu) ?? []
  })
}

/** What Python has by that name. */
function originals(name: string, { names }: Answer): string[] {
  const snake = name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
  return Object.entries(names).flatMap(([module, all]) =>
    all.filter((each) => each === name || each === snake).map((each) => `${module}.${each}`),
  )
}

/** `RdsRange` of `event_model.documents.RdsRange`. */
function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
