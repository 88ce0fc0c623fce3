/** Does some work for each item, one after the other: what is measured at the same time disturbs itself. */
export async function oneByOne<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await work(item))
  return results
}

/** Does some work so many times, one after the other. */
export function times<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  return oneByOne(Array.from({ length: count }).keys(), work)
}
