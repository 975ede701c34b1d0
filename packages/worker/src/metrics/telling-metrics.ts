import type { Alarm } from '../alarm/alarm.js'
import type { WebhookOutcome, Webhooks } from '../webhooks/webhooks.js'
import type { Meter } from './meter.js'

/** Counts what becomes of the webhooks' messages: what {@link Webhooks} is given. */
export function countMessages(meter: Meter): (webhook: string, outcome: WebhookOutcome) => void {
  const messages = meter.counter(
    'webhook_messages_total',
    'Messages to webhooks that were delivered, or given up.',
    ['webhook', 'outcome'],
  )
  return (webhook, outcome) => messages.inc({ webhook, outcome })
}

/** Shows the alarm, and what webhooks were not told yet. */
export function showTelling(
  meter: Meter,
  webhooks: Pick<Webhooks, 'waiting'>,
  alarm: Pick<Alarm, 'raised'>,
): void {
  meter.gauges(
    'webhook_messages_waiting',
    'Messages that a webhook has not taken yet.',
    'webhook',
    () => webhooks.waiting,
  )
  meter.gauge('alarm', 'Whether the alarm is on, since no document comes: 1 or 0.', () =>
    alarm.raised ? 1 : 0,
  )
}
