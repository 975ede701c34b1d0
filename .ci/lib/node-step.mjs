import { Problem } from './problem.mjs'

const needed = [20, 19]

/** Checks the Node that runs this. */
export const nodeStep = {
  title: 'Node',
  check() {
    const [major, minor] = process.versions.node.split('.').map(Number)
    if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
      throw new Problem(
        `Node ${process.versions.node} is too old: this needs Node ${needed.join('.')} or newer.\n` +
          'Get it from https://nodejs.org or with your version manager (nvm install 22).',
      )
    }
    return `${process.versions.node} ok`
  },
}
