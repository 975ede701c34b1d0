const common = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

const off = "default-src 'none'; base-uri 'none'; form-action 'none'"

/** Headers of the page itself: it loads its own script, style and pictures, and nothing else. */
export const ownPage = {
  ...common,
  'content-security-policy': `${off}; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** Headers of what the API says: data, which is no page. */
export const data = {
  ...common,
  'content-security-policy': `${off}; frame-ancestors 'none'; sandbox`,
  'cache-control': 'no-store',
}

/** Headers of pages of ours without scripts, such as the API's description. */
export const plainPage = {
  ...common,
  'content-security-policy': `${off}; style-src 'self'; frame-ancestors 'none'`,
}

/**
 * Headers of what notebooks wrote: in a world of its own, without scripts, forms, or a way to the network, and only
 * in frames of this page.
 */
export const untrusted = {
  ...common,
  'content-security-policy': `${off}; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox`,
  'x-frame-options': 'SAMEORIGIN',
}
