import { Component, type FunctionComponent, type VNode, h } from 'preact'

/** A component that is made anew only when something that it is given is another. */
export function memo<P extends object>(inner: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const keys = Object.keys(next) as (keyof P)[]
      return keys.some((key) => next[key] !== this.props[key])
    }

    override render(): VNode {
      return h(inner, this.props as never) as VNode
    }
  }
  return Memo as unknown as FunctionComponent<P>
}
