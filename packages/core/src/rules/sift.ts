import * as namespace from 'sift'

type Sift = typeof namespace

/**
 * sift's functions. Node loads its CommonJS form, whose only export is the object that holds them; a bundler
 * for a browser takes its ES module, which exports them one by one.
 */
export const sift: Sift =
  'createQueryTester' in namespace ? namespace : (namespace as { default: Sift }).default
