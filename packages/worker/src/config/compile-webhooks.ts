import type { WebhookGiven } from './webhook-schema.js'

/** Somebody who is told what happens: ready for use, times in milliseconds. */
export interface WebhookConfig {
  /** For logs and metrics; unique. */
  readonly name: string
  /** Where messages are posted. It may hold a token: never for a log. */
  readonly url: string
  /** The key that signs messages: `whsec_` and base64. */
  readonly secret: string
  /** States in which a job ends, and `alarm`. */
  readonly on: readonly string[]
  /** Of jobs that failed or were skipped only those for these reasons; null: all. */
  readonly reasons: readonly string[] | null
  /** Only jobs of these rules; null: all. */
  readonly rules: readonly string[] | null
  /** Milliseconds that an answer may take. */
  readonly timeout: number
  /** How a message is tried again. */
  readonly retry: {
    /** All tries of a message. */
    readonly attempts: number
    /** Milliseconds before the second one. */
    readonly delay: number
    /** By how much each further wait is longer. */
    readonly factor: number
    /** The longest wait, in milliseconds. */
    readonly longest: number
  }
}

/** What a webhook is that says nothing else: told of failures for a quarter of an hour of trying. */
const webhookDefaults = {
  on: ['failed', 'alarm'],
  timeout: 10_000,
  retry: { attempts: 8, delay: 1000, factor: 3, longest: 10 * 60_000 },
} as const

/**
 * Fills in what is not given.
 *
 * @param fail - told of two of the same name, and of rules that there are not.
 */
export function compileWebhooks(
  given: readonly WebhookGiven[],
  ruleNames: readonly string[],
  fail: (path: string, message: string) => never,
): readonly WebhookConfig[] {
  const names = new Set<string>()
  return given.map((webhook, i) => {
    const name = webhook.name ?? new URL(webhook.url).host
    if (names.has(name)) {
      fail(`webhooks[${i}]`, `there are two webhooks called ${name}; give each a name of its own`)
    }
    names.add(name)
    for (const rule of webhook.rules ?? []) {
      if (ruleNames.includes(rule)) continue
      fail(`webhooks[${i}].rules`, `there is no rule "${rule}"; there are ${ruleNames.join(', ')}`)
    }
    const { timeout, retry, on } = webhookDefaults
    return {
      name,
      url: webhook.url,
      secret: webhook.secret,
      on: webhook.on ?? on,
      reasons: webhook.reasons ?? null,
      rules: webhook.rules ?? null,
      timeout: webhook.timeout ?? timeout,
      retry: {
        attempts: webhook.retry?.attempts ?? retry.attempts,
        delay: webhook.retry?.delay ?? retry.delay,
        factor: webhook.retry?.factor ?? retry.factor,
        longest: webhook.retry?.longest ?? retry.longest,
      },
    }
  })
}
