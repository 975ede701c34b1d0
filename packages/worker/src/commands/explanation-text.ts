import { type ClauseResult, type Run, safeName, toLosslessJson } from '@prompt-papermill/core'

import { oneLine, shown } from '../log/escape.js'
import type { ExplainedJob, ExplainedRule } from './explained.js'

const marks = new Map<boolean | null, string>([
  [true, '✓'],
  [false, '✗'],
  [null, '?'],
])

/**
 * An explanation for people: rules, their clauses, and what would run.
 *
 * @param templates - the folder in which the rule `default` looks for a notebook.
 */
export function explanationText(
  run: Run,
  rules: readonly ExplainedRule[],
  templates: string,
): string {
  const { plan_name: plan, scan_id: scan } = run.start
  const lines = [
    `run ${run.uid}: plan ${shown(plan)}, scan ${shown(scan)}, ${
      run.stop ? `ended with ${run.stop.exit_status}` : 'no Run Stop yet'
    }`,
    ...rules.flatMap((rule) => ruleLines(rule, `${safeName(plan)}.ipynb in ${templates}`)),
  ]
  return lines.map((line) => `${oneLine(line)}\n`).join('')
}

/** One rule's lines. */
function ruleLines({ rule, matched, clauses, jobs }: ExplainedRule, template: string): string[] {
  const verdict =
    matched === null ? 'depends on the Run Stop' : matched ? 'matches' : 'does not match'
  return [
    `${marks.get(matched)} rule ${rule} ${verdict}`,
    ...clauses.flatMap((clause) => clauseLines(clause, '    ')),
    ...(matched === true && jobs.length === 0
      ? [`    → nothing to run: there is no ${template}`]
      : []),
    ...jobs.map(jobLine),
  ]
}

function clauseLines(result: ClauseResult, indent: string): string[] {
  const mark = marks.get(result.matched)
  if (result.clauses) {
    const operator = Object.keys(result.clause)[0] ?? ''
    return [
      `${indent}${mark} ${operator}`,
      ...result.clauses.flatMap((clause) => clauseLines(clause, `${indent}    `)),
    ]
  }
  const found = result.matched === null ? 'not yet known' : `found ${toLosslessJson(result.found)}`
  return [`${indent}${mark} ${clauseText(result.clause)}   ${found}`]
}

function clauseText(clause: ClauseResult['clause']): string {
  const [[key, condition] = ['', undefined]] = Object.entries(clause)
  return `${key}: ${toLosslessJson(condition)}`
}

function jobLine({
  entry,
  template,
  action,
  parameters,
  state,
  reason,
  message,
}: ExplainedJob): string {
  const what = `${entry} (${template ?? action})`
  if (state !== 'queued')
    return `    → ${what}: ${state} (${reason})${message ? ` ${message}` : ''}`
  return `    → ${what} with ${toLosslessJson(parameters)}`
}
