/** Expression constraints over 500,000 made-up concepts, against the same questions over sorted arrays and plain sets. */
import { openEcl } from '../src/terminology/ecl/ecl.ts'
import { type SyntheticEdition, syntheticEdition } from '../src/terminology/ecl/testing/synthetic-edition.ts'
import { type Benchmark, medians } from './benchmark.ts'

const CONCEPTS = 500_000

export const benchmark: Benchmark = { name: `expression constraints, ${CONCEPTS.toLocaleString('en')} concepts`, run }

async function run(): Promise<readonly string[]> {
  const edition = syntheticEdition(CONCEPTS)
  // Answers are not kept, so that each round evaluates; hierarchies and attributes are, as in a server.
  const ecl = openEcl(edition, { answerConcepts: 0, budget: Number.POSITIVE_INFINITY })
  const [type = ''] = edition.types
  const [a, b] = [2, 3].map((ordinal) => edition.id(ordinal))
  const value = edition.id(8)
  const questions: readonly (readonly [string, string, () => number])[] = [
    ['two hierarchies, one without the other', `<< ${a} MINUS << ${b}`, difference(edition, 2, 3)],
    ['an attribute with a value', `< ${a} : ${type} = << ${value}`, refinement(edition, 2, 1, 8)],
    ['two attributes in one group', `< ${a} : { ${type} = *, * = << ${value} }`, grouped(edition, 2, 1, 8)],
    ['all values of an attribute', `< ${a} . ${type}`, values(edition, 2, 1)],
  ]
  const lines: string[] = []
  for (const [name, text, plain] of questions) {
    const answer = ecl.evaluate(text)
    const expected = plain()
    if (!answer.ok || answer.value.size !== expected)
      throw new Error(`${text}: ${answer.ok ? answer.value.size : answer.problem.sentence}, plainly ${expected}`)
    const time = medians({ ecl: () => void ecl.evaluate(text), plain: () => void plain() }, { rounds: 7, warmUp: 5 })
    lines.push(
      `${name.padEnd(40)} ${time.ecl.toFixed(2).padStart(8)} ms  ${(time.plain / time.ecl).toFixed(1).padStart(7)} × faster than plain [${time.plain.toFixed(2)} ms], ${expected} concepts`,
    )
  }
  lines.push(oneConcept(edition, ecl, `< ${a} : ${type} = << ${value}`))
  ecl.close()
  return lines
}

/** One concept asked a thousand times, against looking it up in the whole answer that is built each time. */
function oneConcept(edition: SyntheticEdition, ecl: ReturnType<typeof openEcl>, text: string): string {
  const concept = edition.conceptCount - 7
  const time = medians(
    {
      one: () => {
        for (let round = 0; round < 1000; round += 1) ecl.matches(text, concept)
      },
      all: () => void ecl.evaluate(text),
    },
    { rounds: 7, warmUp: 5 },
  )
  return `${'one concept against a refinement'.padEnd(40)} ${time.one.toFixed(2).padStart(8)} µs  ${((time.all * 1000) / time.one).toFixed(1).padStart(7)} × faster than the whole set`
}

function difference(edition: SyntheticEdition, left: number, right: number): () => number {
  const a = withSelf(edition, left)
  const b = withSelf(edition, right)
  return () => {
    const found: number[] = []
    let at = 0
    for (const one of a) {
      while (at < b.length && (b[at] ?? 0) < one) at += 1
      if (b[at] !== one) found.push(one)
    }
    return found.length
  }
}

function withSelf(edition: SyntheticEdition, concept: number): Uint32Array {
  return Uint32Array.from([concept, ...edition.descendantsOf(concept)]).sort()
}

function refinement(edition: SyntheticEdition, focus: number, type: number, value: number): () => number {
  const below = edition.descendantsOf(focus)
  const wanted = new Set(withSelf(edition, value))
  return () =>
    below.filter((one) => edition.attributesOf(one).some((row) => row.type === type && wanted.has(Number(row.target))))
      .length
}

function grouped(edition: SyntheticEdition, focus: number, type: number, value: number): () => number {
  const below = edition.descendantsOf(focus)
  const wanted = new Set(withSelf(edition, value))
  return () =>
    below.filter((one) => {
      const rows = edition.attributesOf(one)
      const satisfied = (group: typeof rows) =>
        group.some((row) => row.type === type) && group.some((row) => wanted.has(Number(row.target)))
      return (
        satisfied(rows.filter(({ group }) => group === 1)) || rows.some((row) => row.group === 0 && satisfied([row]))
      )
    }).length
}

function values(edition: SyntheticEdition, focus: number, type: number): () => number {
  const below = edition.descendantsOf(focus)
  return () => {
    const found = new Set<number>()
    for (const one of below)
      for (const row of edition.attributesOf(one)) if (row.type === type) found.add(Number(row.target))
    return found.size
  }
}
