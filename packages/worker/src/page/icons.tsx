import type { JSX } from 'preact'

/** Paths of icons, on a grid of 16. */
const paths: Readonly<Record<string, string>> = {
  succeeded: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  running: 'M8 2a6 6 0 1 1-6 6',
  queued: 'M4 5h8M4 8h8M4 11h5',
  waiting: 'M8 4v4l2.5 2M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2',
  skipped: 'M3 4l5 4-5 4zM10.5 4v8',
  'no-data': 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3M4 12.5l8-9',
  cancelled: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3M5.5 8h5',
  interrupted: 'M8 3v6M8 12v.5',
  open: 'M8 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3M4 4a5.6 5.6 0 0 0 0 8M12 4a5.6 5.6 0 0 1 0 8',
  search: 'M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8M10 10l3.5 3.5',
  pause: 'M5.5 4v8M10.5 4v8',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 12v.3',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  cut: 'M8 13h.1M4.5 9.5a5 5 0 0 1 7 0M2 6.8a8.6 8.6 0 0 1 12 0M2.5 2.5l11 11',
}

/** A picture that says nothing by itself: words stand beside it. */
export function Icon({ name }: { readonly name: string }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name] ?? paths.open ?? ''} />
    </svg>
  )
}
