import type { DocumentMessage } from '@prompt-papermill/core'

import { shown } from '../log/escape.js'

/** A document's fields, whose types can't be relied on: `tap` shows invalid documents too. */
type Fields = Readonly<Record<string, unknown>>

/** A document in one line for people. */
export function summaryOf({ name, doc }: DocumentMessage): string {
  const fields: Fields = { ...doc }
  return `${timeOf(fields)} ${name.padEnd(15)} ${detailsOf(name, fields)}`.trimEnd()
}

function detailsOf(name: DocumentMessage['name'], doc: Fields): string {
  switch (name) {
    case 'start':
      return `${brief(doc.uid)}  scan ${shown(doc.scan_id)}  ${shown(doc.plan_name)}`
    case 'descriptor':
      return `${brief(doc.run_start)}  ${shown(doc.name ?? 'primary')}: ${keysOf(doc.data_keys).join(', ')}`
    case 'event':
      return `#${shown(doc.seq_num)}  ${valuesOf(doc.data)}`
    case 'event_page':
      return `${keysOf(doc.seq_num).length} events`
    case 'stop':
      return `${brief(doc.run_start)}  ${shown(doc.exit_status)}${doc.reason ? `: ${shown(doc.reason)}` : ''}`
    case 'resource':
      return `${shown(doc.spec)} ${shown(doc.resource_path)}`
    case 'datum':
      return shown(doc.datum_id)
    case 'stream_resource':
      return shown(doc.uri)
    case 'datum_page':
    case 'stream_datum':
    case 'bulk_events':
    case 'bulk_datum':
      return ''
  }
}

function brief(uid: unknown): string {
  return shown(uid).slice(0, 8)
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

function valuesOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return shown(data)
  const entries = Object.entries(data as Fields).slice(0, 6)
  return entries.map(([key, value]) => `${key}=${valueText(value)}`).join('  ')
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)))
  if (typeof value === 'object' && value !== null && 'shape' in value) {
    return `array(${shown(value.shape)})`
  }
  return shown(value).slice(0, 40)
}

function timeOf({ time }: Fields): string {
  const date = new Date(typeof time === 'number' ? time * 1000 : Number.NaN)
  return Number.isNaN(date.getTime()) ? ' '.repeat(12) : date.toISOString().slice(11, 23)
}
