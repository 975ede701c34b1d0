/** Events that were expected in a stream and did not come. */
export interface Gap {
  /** The stream's name, or the descriptor's uid where the descriptor itself was missed. */
  readonly stream: string
  /** The first `seq_num` that is missing. */
  readonly from: number
  /** The last `seq_num` that is missing; all in between are too. */
  readonly to: number
}
