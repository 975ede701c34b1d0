/** Events that were expected in a stream and did not come. */
export interface Gap {
  /** The stream's name, or the descriptor's uid where the descriptor itself was missed. */
  readonly stream: string
  /** The first and last `seq_num` that are missing, both inclusive. */
  readonly from: number
  readonly to: number
}
