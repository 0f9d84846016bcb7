/** Groups of numbers by their lower bounds: ages, classes of a distribution. */

/** What is wrong with a list of lower bounds, in words; undefined when it is right. */
export function boundsProblem(bounds: readonly number[]): string | undefined {
  if (bounds.length === 0) return 'there is no lower bound'
  if (!bounds.every(Number.isFinite)) return 'a lower bound is not a number'
  const unordered = bounds.some((bound, index) => index > 0 && bound <= (bounds[index - 1] ?? 0))
  return unordered ? 'the lower bounds do not rise' : undefined
}

/** Index of the label of a value: 0 is below the first bound. */
export function bandOf(value: number, bounds: readonly number[]): number {
  let index = 0
  while (index < bounds.length && value >= (bounds[index] ?? Number.POSITIVE_INFINITY)) index += 1
  return index
}

/** `<18`, `18-64`, `65+` of whole numbers; `<5.5`, `5.5 to <7`, `>=7` of others. */
export function bandLabels(bounds: readonly number[], whole: boolean): readonly string[] {
  const inner = bounds.map((bound, index) => {
    const next = bounds[index + 1]
    if (next === undefined) return whole ? `${bound}+` : `>=${bound}`
    if (!whole) return `${bound} to <${next}`
    return next - 1 === bound ? String(bound) : `${bound}-${next - 1}`
  })
  return [`<${bounds[0] ?? 0}`, ...inner]
}
