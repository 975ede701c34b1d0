import type {
  About,
  Act,
  AttemptDetail,
  Figure,
  JobSummary,
  RunDetail,
  RunPage,
} from '../api/schemas.js'

/** What the API answers is not what was hoped for; the message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** What a person said they are called, for the ledger. */
export const nameKey = 'papermill-name'

/** Asks the API for something. */
async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(await reach(path, signal ? { signal } : {}))
}

async function send<T>(method: 'POST' | 'DELETE', path: string, body: object = {}): Promise<T> {
  const name = localStorage.getItem(nameKey)
  return answerOf<T>(
    await reach(path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(name ? { 'x-operator': encodeURIComponent(name) } : {}),
      },
      body: JSON.stringify(body),
    }),
  )
}

async function reach(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, options)
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new ApiError(0, 'The worker does not answer. Is it running?')
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T
  let message = `The worker answered ${response.status}.`
  try {
    const { error } = (await response.json()) as { error?: unknown }
    if (typeof error === 'string') message = error
  } catch {
    // a proxy's own answer
  }
  throw new ApiError(response.status, message)
}

/** A part of a path, whatever a document says. */
export function segment(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    // half of a character
    return encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD'))
  }
}

const attemptPath = (job: string, attempt: number): string =>
  `/jobs/${segment(job)}/attempts/${attempt}`

/** What the page asks of the API. */
export const api = {
  about: (signal?: AbortSignal) => ask<About>('/about', signal),
  runs: (query: URLSearchParams, signal?: AbortSignal) =>
    ask<RunPage>(`/runs?${query.toString()}`, signal),
  run: (uid: string, signal?: AbortSignal) => ask<RunDetail>(`/runs/${segment(uid)}`, signal),
  attempt: (job: string, attempt: number, signal?: AbortSignal) =>
    ask<AttemptDetail>(attemptPath(job, attempt), signal),
  figures: (job: string, attempt: number, signal?: AbortSignal) =>
    ask<{ figures: Figure[] }>(`${attemptPath(job, attempt)}/figures`, signal),
  acts: (uid: string, signal?: AbortSignal) =>
    ask<{ acts: Act[] }>(`/acts?limit=50&uid=${segment(uid)}`, signal),
  /** The end of an attempt's log; null: it has none. */
  async log(job: string, attempt: number, signal?: AbortSignal): Promise<string | null> {
    const options = { headers: { range: 'bytes=-65536' }, ...(signal ? { signal } : {}) }
    const response = await reach(`${attemptPath(job, attempt)}/files/log.txt`, options)
    return response.ok ? response.text() : null
  },
  rerun: (target: string) =>
    send<{ jobs: JobSummary[]; left: { id: string; message: string }[] }>('POST', '/rerun', {
      target,
    }),
  cancel: (job: string) => send<JobSummary>('POST', `/jobs/${segment(job)}/cancel`),
  pause: () => send<object>('POST', '/pause'),
  resume: () => send<object>('POST', '/resume'),
  signIn: (token: string) => send<object>('POST', '/session', { token }),
  signOut: () => send<object>('DELETE', '/session'),
}
