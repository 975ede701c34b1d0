/** What one check found: a line of `check`. */
export interface CheckResult {
  /** What was looked at. */
  readonly subject: string
  /** `warn` is worth knowing and stops nothing. */
  readonly verdict: 'ok' | 'warn' | 'fail'
  /** What was found, and if it is bad what to do. */
  readonly message: string
}

export const ok = (subject: string, message: string): CheckResult => ({
  subject,
  verdict: 'ok',
  message,
})

export const warn = (subject: string, message: string): CheckResult => ({
  subject,
  verdict: 'warn',
  message,
})

export const fail = (subject: string, message: string): CheckResult => ({
  subject,
  verdict: 'fail',
  message,
})
