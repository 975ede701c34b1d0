import { userInfo } from 'node:os'

/** The header with the name of who operates the worker. */
export const operatorHeader = 'x-operator'

/** The name of who runs this program, for the ledger: under sudo, who called that. */
export function operatorName(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.SUDO_USER) return environment.SUDO_USER
  try {
    return userInfo().username
  } catch {
    // a user id without a name, as in a container
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

/** What a request says of who sent it. Whoever may open the socket is believed. */
export function operatorOf(header: string | undefined): string {
  if (header === undefined || header === '') return 'unknown'
  try {
    return decodeURIComponent(header).slice(0, 100)
  } catch {
    return header.slice(0, 100)
  }
}
