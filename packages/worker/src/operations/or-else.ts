/** These, or this one where there are none. */
export async function* orElse<Item, None>(
  items: AsyncIterable<Item>,
  none: None,
): AsyncGenerator<Item | None, void, undefined> {
  let some = false
  for await (const item of items) {
    some = true
    yield item
  }
  if (!some) yield none
}
