/** Who wants which packages: each package is wanted once, some of them by a second pharmacist at the same moment. */
import type { PrescribedLine } from './prescribed.ts'
import type { Chance } from './random.ts'

export interface Wish {
  readonly line: PrescribedLine
  packages: number
  /** Index of the pharmacist. */
  readonly pharmacist: number
  confirmation: string
  /** Taken back when it was accepted, and dispensed again. */
  takeBack: boolean
  /** Milliseconds; not tried before. */
  notBefore: number
}

const CONTESTED = 0.15
const TAKEN_BACK = 0.05

/** Groups of wishes that are confirmed at the same moment; together they want at least everything that is prescribed. */
export function wishesFor(
  lines: readonly PrescribedLine[],
  pharmacists: number,
  { between, happens }: Chance,
): readonly (readonly Wish[])[] {
  const groups: Wish[][] = []
  const wish = (line: PrescribedLine, packages: number, pharmacist: number): Wish => ({
    line,
    packages,
    pharmacist,
    confirmation: `chaos-${crypto.randomUUID()}`,
    takeBack: happens(TAKEN_BACK),
    notBefore: 0,
  })
  for (const line of lines) {
    for (let left = line.packages; left > 0; ) {
      const packages = Math.min(left, happens(0.2) ? 2 : 1)
      const pharmacist = between(0, pharmacists - 1)
      const rival = happens(0.5) ? pharmacist : (pharmacist + 1) % pharmacists
      const wishes = [wish(line, packages, pharmacist)]
      groups.push(happens(CONTESTED) ? [...wishes, wish(line, packages, rival)] : wishes)
      left -= packages
    }
  }
  // Not one line after the other: who queues for one prescription stands elsewhere in between.
  for (let index = groups.length - 1; index > 0; index -= 1) {
    const other = between(0, index)
    const [one, two] = [groups[index], groups[other]]
    if (one && two) [groups[index], groups[other]] = [two, one]
  }
  return groups
}
