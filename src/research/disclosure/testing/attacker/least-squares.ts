/**
 * The attack that beats noise: many answers about the target together with ever other padding, and a least squares fit over all
 * of them. The attacker cuts everybody else into pads by day of birth, so he knows exactly which unknowns each answer sums.
 * Each question is the one of several candidates that would teach him most, among them unions, complements, the earlier
 * answers with the target put in or taken out, and repeats under another permit.
 */
import { beliefOfSmall, type Conclusion } from './conclusion.ts'
import { estimator } from './estimator.ts'
import { type Citizen, seeded, type Target } from './population.ts'
import type { System } from './system.ts'

/** @param floor cells the attacker is after have 1 … floor - 1 persons: he knows that much */
export async function leastSquaresAttack(
  system: System,
  people: readonly Citizen[],
  target: Target,
  plan: { readonly pads: number; readonly questions: number; readonly seed: number; readonly floor: number },
): Promise<Conclusion> {
  const { pads, floor } = plan
  const random = seeded(plan.seed)
  const members: number[][] = Array.from({ length: pads + 1 }, () => [])
  for (const one of people) members[target.has(one) ? 0 : 1 + (one.birthday % pads)]?.push(one.id)
  const guess = people.length / pads
  const knowledge = estimator([
    beliefOfSmall(floor),
    ...Array.from({ length: pads }, () => ({ mean: guess, deviation: guess / 3 })),
  ])
  const answered: (readonly number[])[] = []
  const tried = new Set<string>()

  const candidate = (): readonly number[] => {
    const earlier = answered[Math.floor(random() * answered.length)]
    const kind = random()
    if (earlier && kind < 0.4) return earlier.includes(0) ? earlier.slice(1) : [0, ...earlier]
    if (earlier && kind < 0.6) return complementOf(earlier, pads)
    const share = kind < 0.7 ? 3 / pads : 0.5
    const chosen = Array.from({ length: pads }, (_, pad) => pad + 1).filter(() => random() < share)
    return random() < 0.5 ? [0, ...chosen] : chosen
  }
  for (let question = 0; question < plan.questions; question += 1) {
    const [unknowns] = Array.from({ length: 8 }, candidate)
      .filter((one) => !tried.has(one.join()))
      .sort((a, b) => knowledge.gain(0, b, system.errorVariance) - knowledge.gain(0, a, system.errorVariance))
    if (!unknowns) continue
    tried.add(unknowns.join())
    const persons = unknowns.flatMap((unknown) => members[unknown] ?? [])
    const answer = await system.ask({ dimensions: [], cells: [{ key: [], persons }] }, question % 2 ? 'one' : 'other')
    const sum = answer?.cells[0]?.persons
    if (sum === undefined || sum === null) continue
    answered.push(unknowns)
    knowledge.observe(unknowns, sum, system.errorVariance)
  }
  return { target, ...knowledge.estimate([0]) }
}

function complementOf(unknowns: readonly number[], pads: number): readonly number[] {
  const inside = new Set(unknowns)
  return Array.from({ length: pads + 1 }, (_, unknown) => unknown).filter((unknown) => !inside.has(unknown))
}
