import { sift } from './sift.js'

/** The longest string, in characters, that a regular expression is tried on. */
const maxSubject = 10_000

type Creator = typeof sift.$gt

/** As sift's `$regex`, but without trying a document's megabytes. */
const boundedRegex: Creator = (pattern: string, query: { $options?: string }, options) => {
  const expression = new RegExp(pattern, query.$options)
  const test = (value: unknown): boolean =>
    typeof value === 'string' && expression.test(value.slice(0, maxSubject))
  return new sift.EqualsOperation(test, query, options)
}

/**
 * The operators that a rule may use: MongoDB's that compare. Those that run code (`$where`, `$function`,
 * `$accumulator`) are not among them, so that neither a config nor a document can run any.
 */
export const operations: Readonly<Record<string, Creator>> = {
  $eq: sift.$eq,
  $ne: sift.$ne,
  $gt: sift.$gt,
  $gte: sift.$gte,
  $lt: sift.$lt,
  $lte: sift.$lte,
  $in: sift.$in,
  $nin: sift.$nin,
  $exists: sift.$exists,
  $mod: sift.$mod,
  $all: sift.$all,
  $size: sift.$size,
  $regex: boundedRegex,
  $options: sift.$options,
  $not: sift.$not,
  $elemMatch: sift.$elemMatch,
  $and: sift.$and,
  $or: sift.$or,
  $nor: sift.$nor,
}
