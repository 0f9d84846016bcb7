/**
 * Finds which expected item an item of an answer is, when neither has an order: a maximum matching of two sides
 * (augmenting paths, Kuhn 1955), so that an optional or loose expectation never takes the item that a strict one needs.
 */

export interface PairingRules {
  fits(expected: unknown, actual: unknown): boolean
  /** Expectations that must find a partner are served first; later ones never take it away again. */
  first(expected: unknown): boolean
}

export interface Pairing {
  /** Indices of expected items without a partner. */
  readonly missing: readonly number[]
  /** Indices of actual items without a partner. */
  readonly extra: readonly number[]
}

export function pairItems(expected: readonly unknown[], actual: readonly unknown[], rules: PairingRules): Pairing {
  const partnerOfExpected = new Array<number>(expected.length).fill(-1)
  const partnerOfActual = new Array<number>(actual.length).fill(-1)
  const known = new Map<number, boolean>()
  const fits = (wanted: number, item: number): boolean => {
    const key = wanted * actual.length + item
    let answer = known.get(key)
    if (answer === undefined) {
      answer = rules.fits(expected[wanted], actual[item])
      known.set(key, answer)
    }
    return answer
  }
  const join = (wanted: number, item: number): void => {
    partnerOfExpected[wanted] = item
    partnerOfActual[item] = wanted
  }
  const augment = (wanted: number, visited: Set<number>): boolean => {
    for (let step = 0; step < actual.length; step++) {
      // Answers mostly come in the expected order: looking at the same place first makes this linear.
      const item = (wanted + step) % actual.length
      if (visited.has(item) || !fits(wanted, item)) continue
      visited.add(item)
      const holder = partnerOfActual[item] ?? -1
      if (holder < 0 || augment(holder, visited)) {
        join(wanted, item)
        return true
      }
    }
    return false
  }
  const order = [...expected.keys()]
  for (const wanted of order) if (rules.first(expected[wanted])) augment(wanted, new Set())
  for (const wanted of order) if (!rules.first(expected[wanted])) augment(wanted, new Set())
  return { missing: free(partnerOfExpected), extra: free(partnerOfActual) }
}

function free(partners: readonly number[]): readonly number[] {
  return partners.flatMap((partner, index) => (partner < 0 ? [index] : []))
}
