const places = new Set<string>()

/**
 * Called by a module at each of its results.
 *
 * @public generated code imports it
 */
export function reached(place: string): void {
  places.add(place)
}

/** The results that a module did not come by. */
export function missed(results: readonly string[]): readonly string[] {
  return results.filter((place) => !places.has(place))
}
