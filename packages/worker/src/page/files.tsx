import type { JSX } from 'preact'

import type { AttemptDetail } from '../api/schemas.js'

/** The files that an attempt left, to look at or to download. */
export function Files({ detail }: { readonly detail: AttemptDetail }): JSX.Element {
  return (
    <>
      {detail.results_dir !== null && (
        <p class="about">
          In <span class="mono">{detail.results_dir}</span>
        </p>
      )}
      <ul class="files">
        {detail.files.map(({ name, size, url }) => (
          <li key={name}>
            <a href={url} target="_blank" rel="noreferrer">
              <bdi>{name}</bdi>
            </a>{' '}
            <span class="hint">{sizeText(size)}</span>
          </li>
        ))}
      </ul>
      {detail.files_truncated && <p class="hint">There are more, which are not listed.</p>}
    </>
  )
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1024 ** 2
    ? `${(bytes / 1024).toFixed(0)} KiB`
    : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}
