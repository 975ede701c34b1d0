/** Bytes turned into text at a time: a multiple of 3, and few enough to be arguments of one call. */
const chunk = 24_576

/** Standard base64 with padding, as Python's `base64.b64encode` writes it. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.subarray(at, at + chunk)
    text += btoa(String.fromCharCode.apply(null, part as unknown as number[]))
  }
  return text
}

/**
 * The inverse of {@link toBase64}.
 *
 * @returns undefined if `text` is not base64.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
