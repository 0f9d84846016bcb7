/** The attacks of the text books: differences, trackers, sums of parts, repeats, and a ruler of ever larger groups. */
import { beliefOfSmall, type Conclusion } from './conclusion.ts'
import { type Citizen, DAYS, seeded, type Target } from './population.ts'
import type { System } from './system.ts'

type Choice = (citizen: Citizen) => boolean

function asker(system: System, people: readonly Citizen[]) {
  return async (choice: Choice, permit = 'one'): Promise<number | undefined> => {
    const persons = people.filter(choice).map(({ id }) => id)
    const answer = await system.ask({ dimensions: [], cells: [{ key: [], persons }] }, permit)
    return answer?.cells[0]?.persons ?? undefined
  }
}

/** Each way gives one estimate of the target where all its parts are answered; the attacker takes the mean of all. */
export async function arithmeticAttack(
  system: System,
  people: readonly Citizen[],
  target: Target,
  plan: { readonly rounds: number; readonly seed: number; readonly floor: number },
): Promise<Conclusion> {
  const ask = asker(system, people)
  const random = seeded(plan.seed)
  const estimates: number[] = []
  const has = target.has
  for (let round = 0; round < plan.rounds; round += 1) {
    const modulus = 2 + Math.floor(random() * 40)
    const [first, third] = [Math.floor(random() * modulus), Math.floor(random() * 3)]
    const half: Choice = ({ birthday }) => (birthday + first) % modulus < modulus / 2
    const part =
      (number: number): Choice =>
      (one) =>
        half(one) && Math.floor(one.birthday / 7) % 3 === number
    const ways: readonly (readonly (readonly [number, Choice])[])[] = [
      [
        [1, (one) => half(one) || has(one)],
        [-1, (one) => half(one) && !has(one)],
      ],
      [
        [1, half],
        [1, (one) => !half(one)],
        [-1, (one) => !has(one)],
      ],
      [
        [1, (one) => half(one) || has(one)],
        [1, (one) => !half(one) || has(one)],
        [-1, () => true],
      ],
      [
        [1, (one) => half(one) || has(one)],
        ...[0, 1, 2].map((n) => [-1, (one: Citizen) => part(n)(one) && !has(one)] as const),
      ],
      [
        [1, (one) => part(third)(one) || has(one)],
        [-1, (one) => part(third)(one) && !has(one)],
      ],
    ]
    const way = ways[round % ways.length] ?? []
    const answers: number[] = []
    for (const [sign, choice] of way) {
      const count = await ask(choice, round % 2 ? 'one' : 'other')
      if (count !== undefined) answers.push(sign * count)
    }
    if (answers.length === way.length) estimates.push(answers.reduce((sum, answer) => sum + answer, 0))
  }
  if (estimates.length === 0) return { target, ...beliefOfSmall(plan.floor) }
  const mean = estimates.reduce((sum, one) => sum + one, 0) / estimates.length
  // Of an estimate from three or four answers with independent errors.
  return { target, mean, deviation: Math.sqrt((3.5 * system.errorVariance) / estimates.length) }
}

/** The same cohort in other guises: how many different numbers come back. */
export async function repeatAttack(system: System, people: readonly Citizen[], times: number): Promise<number> {
  const seen = new Set<number | undefined>()
  const random = seeded(99)
  for (let time = 0; time < times; time += 1) {
    const persons = people.filter(({ sex }) => sex === 1).map(({ id }) => ({ id, at: random() }))
    const shuffled = persons.sort((a, b) => a.at - b.at).map(({ id }) => id)
    const halves = [shuffled.slice(0, time), shuffled.slice(time)]
    const dimension = { name: `guise ${time}`, levels: ['a', 'b'], overlapping: true }
    const cells = halves.map((half, index) => ({ key: [index === 0 ? 'a' : 'b'], persons: half }))
    const answer = await system.ask({ dimensions: [dimension], cells }, time % 2 ? 'one' : 'other')
    seen.add(answer?.cells.at(-1)?.persons ?? undefined)
  }
  return seen.size
}

/**
 * Ever larger groups by day of birth until one is shown: the one before had too few.
 * @returns true sizes of the last group that was hidden
 */
export async function rulerAttack(
  fresh: () => System,
  people: readonly Citizen[],
  rulers: number,
): Promise<{ readonly sizes: readonly number[]; readonly asked: number }> {
  const sizes: number[] = []
  let asked = 0
  for (let ruler = 0; ruler < rulers; ruler += 1) {
    const system = fresh()
    const ask = asker(system, people)
    const start = Math.floor((ruler / rulers) * DAYS)
    const birthdays = people
      .map(({ birthday }) => birthday)
      .filter((birthday) => birthday >= start)
      .sort((a, b) => a - b)
    for (let length = 6; length < Math.min(birthdays.length, 30); length += 1) {
      const until = birthdays[length] ?? DAYS
      const count = await ask(({ birthday }) => birthday >= start && birthday < until)
      if (count === undefined) continue
      sizes.push(length - 1)
      break
    }
    asked += system.asked()
  }
  return { sizes, asked }
}
