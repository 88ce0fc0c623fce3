/** The middle of some measurements, and the half of them that lies around it. */
export interface Figure {
  readonly median: number
  readonly q1: number
  readonly q3: number
}

/** The value below which this share of the measurements lies, between two of them where need be. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('there is nothing to take a quantile of')
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] as number
  const above = sorted[Math.ceil(position)] as number
  return below + (above - below) * (position - Math.floor(position))
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Median and quartiles. */
export function figureOf(values: readonly number[]): Figure {
  return { median: median(values), q1: quantile(values, 0.25), q3: quantile(values, 0.75) }
}

/** How far the extremes lie apart, as a share of the middle. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** The ratio of two series of measurements that were made in the same rounds, round by round. */
export function ratios(values: readonly number[], floor: readonly number[]): readonly number[] {
  if (values.length !== floor.length) throw new Error('a ratio needs as many measurements of the floor')
  return values.map((value, round) => value / (floor[round] as number))
}

/** The same values in a random order. */
export function shuffled<Value>(values: readonly Value[], random: () => number = Math.random): readonly Value[] {
  const copy = [...values]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[copy[last], copy[other]] = [copy[other] as Value, copy[last] as Value]
  }
  return copy
}
