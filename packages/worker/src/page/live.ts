import { useEffect, useRef, useState } from 'preact/hooks'

import type { About, RunSummary } from '../api/schemas.js'

/** What the worker tells. */
export interface LiveEvents {
  /** A run or its jobs changed. */
  run: (run: RunSummary) => void
  /** All is to be asked anew. */
  anew: () => void
  /** How the worker is. */
  worker: (worker: About['worker']) => void
}

/** How long is waited where the browser itself does not connect again, in milliseconds. */
const pause = 3000

/** One connection for the whole page. */
export class Live {
  readonly #listeners = new Set<Partial<LiveEvents>>()
  readonly #connected: (connected: boolean) => void
  #source: EventSource
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(connected: (connected: boolean) => void) {
    this.#connected = connected
    this.#source = this.#open()
  }

  /** @returns ends it. */
  listen(listener: Partial<LiveEvents>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    clearTimeout(this.#again)
    this.#source.close()
  }

  #open(): EventSource {
    const source = new EventSource('/api/v1/events')
    source.onopen = () => this.#connected(true)
    source.onerror = () => {
      this.#connected(false)
      // a proxy that answers in place of the worker, for one, ends it for good
      if (source.readyState !== EventSource.CLOSED) return
      this.#again = setTimeout(() => (this.#source = this.#open()), pause)
    }
    const on = (name: string, then: (data: string) => void): void =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) => then(data))
    on('hello', (data) => {
      this.#tell('worker', JSON.parse(data) as About['worker'])
      this.#tell('anew')
    })
    on('changed', () => this.#tell('anew'))
    on('run', (data) => this.#tell('run', JSON.parse(data) as RunSummary))
    on('worker', (data) => this.#tell('worker', JSON.parse(data) as About['worker']))
    return source
  }

  #tell<K extends keyof LiveEvents>(name: K, ...args: Parameters<LiveEvents[K]>): void {
    for (const listener of this.#listeners) {
      const listening = listener[name] as ((...args: unknown[]) => void) | undefined
      listening?.(...args)
    }
  }
}

/** Listens as long as what uses it is shown. */
export function useLive(live: Live | null, listener: Partial<LiveEvents>): void {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(
    () =>
      live?.listen({
        run: (run) => latest.current.run?.(run),
        anew: () => latest.current.anew?.(),
        worker: (worker) => latest.current.worker?.(worker),
      }),
    [live],
  )
}

/** What was asked for, as it comes. */
export interface Loaded<T> {
  readonly value: T | null
  readonly error: Error | null
  /** Asks anew, after so many milliseconds; several together are one. */
  readonly reload: (after?: number) => void
  /** Changes what is there. */
  readonly change: (how: (value: T) => T) => void
}

/** Asks for something whenever `key` changes, and when told to. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value: T | null; error: Error | null }>({
    key,
    value: null,
    error: null,
  })
  const [round, setRound] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    const gone = new AbortController()
    load(gone.signal).then(
      (value) => {
        if (!gone.signal.aborted) setState({ key, value, error: null })
      },
      (error: unknown) => {
        if (gone.signal.aborted) return
        setState((before) => ({
          key,
          value: before.key === key ? before.value : null,
          error: error as Error,
        }))
      },
    )
    return () => gone.abort()
  }, [key, round])
  useEffect(() => () => clearTimeout(timer.current), [])
  const reload = (after = 0): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      setRound((before) => before + 1)
    }, after)
  }
  const change = (how: (value: T) => T): void =>
    setState((before) => (before.value === null ? before : { ...before, value: how(before.value) }))
  const { value, error } = state.key === key ? state : { value: null, error: null }
  return { value, error, reload, change }
}
