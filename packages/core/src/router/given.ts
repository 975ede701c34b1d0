import type { Action } from '../actions/action.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import type { Entry, Rule } from '../rules/rule.js'

/** A rule as it is given to `RunRouter.on`; its name may be left out. */
export type RuleGiven = Omit<Rule, 'name' | 'entries'> & { readonly name?: string }

/** An action under a rule: itself, or with a name and parameters. */
export type EntryGiven = Action | (Omit<Entry, 'name'> & { readonly name?: string })

/** A name that no rule has yet. */
export function freeName(rules: readonly Rule[]): string {
  const names = new Set(rules.map(({ name }) => name))
  for (let n = rules.length + 1; ; n += 1) if (!names.has(`rule-${n}`)) return `rule-${n}`
}

/**
 * The entry that was meant.
 *
 * @throws BlueskyError `bad-option` if it is neither an action nor has one.
 */
export function entryOf(given: EntryGiven): Entry {
  if ('run' in given) return { name: given.name, action: given }
  if (!('action' in given)) {
    throw new BlueskyError('bad-option', 'an entry is an action, or { action, name, parameters }')
  }
  return { ...given, name: given.name ?? given.action.name }
}
