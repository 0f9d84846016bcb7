/** The requests of the HTTP benchmark: the same for Tessera and for the baseline, and what a right answer to each looks like. */
import type { Edition } from '../../src/terminology/snomed/edition.ts'
import type { LoadRequest } from '../load/load.ts'
import { randomOf } from './generate-rf2.ts'

export type Workloads = ReadonlyMap<string, readonly LoadRequest[]>

const SCT = 'http://snomed.info/sct'

/** Different requests of each kind, spread over the whole edition: more than any cache of answers would hold. */
const REQUESTS = 20_000

export function workloadsOf(edition: Edition, count = REQUESTS): Workloads {
  const random = randomOf(7)
  const some = (): number => Math.floor(random() * edition.conceptCount)
  const code = (concept: number): string => edition.sctidOf(concept)
  const ancestor = (concept: number, steps: number): number => {
    let at = concept
    for (let step = 0; step < steps; step++) at = [...edition.parentsOf(at)][0] ?? at
    return at
  }
  /** Words that a term of the concept has: whoever types looks for something. */
  const typed = (concept: number): string => {
    const words = (edition.preferredTerm(concept, ['en'])?.term ?? 'disorder').split(' ')
    const long = words.filter((word) => word.length > 4)
    return (long[Math.floor(random() * long.length)] ?? 'disorder').slice(0, 5)
  }
  const active = (): number => {
    for (;;) {
      const concept = some()
      if (edition.isActive(concept)) return concept
    }
  }
  const many = (make: (concept: number) => string): readonly LoadRequest[] =>
    Array.from({ length: count }, () => ({ method: 'GET', target: `/fhir/r4/${make(active())}` }))
  const expand = (valueSet: string, more: string): string =>
    `ValueSet/$expand?url=${encodeURIComponent(valueSet)}&${more}`
  const isA = (concept: number): string => `${SCT}?fhir_vs=isa/${code(ancestor(concept, 3))}`
  const all = encodeURIComponent(`${SCT}?fhir_vs`)
  return new Map([
    ['$lookup', many((concept) => `CodeSystem/$lookup?system=${SCT}&code=${code(concept)}`)],
    ['$validate-code', many((concept) => `ValueSet/$validate-code?url=${all}&system=${SCT}&code=${code(concept)}`)],
    [
      '$subsumes',
      many((concept) => {
        const other = random() < 0.5 ? ancestor(concept, 2) : active()
        return `CodeSystem/$subsumes?system=${SCT}&codeA=${code(other)}&codeB=${code(concept)}`
      }),
    ],
    ['$expand text', many((concept) => expand(`${SCT}?fhir_vs`, `filter=${typed(concept)}&count=10`))],
    ['$expand is-a page', many((concept) => expand(isA(concept), 'count=20'))],
    ['$expand text + is-a', many((concept) => expand(isA(concept), `filter=${typed(concept)}&count=10`))],
  ])
}

interface Part {
  readonly name?: string
  readonly valueBoolean?: boolean
  readonly valueString?: string
  readonly valueCode?: string
}

interface Body {
  readonly resourceType?: string
  readonly parameter?: readonly Part[]
  readonly expansion?: { readonly total?: number; readonly contains?: readonly { readonly display?: string }[] }
}

/** Whether a body answers a request of this kind; a fast server that finds nothing would be measured for nothing. */
export function isAnswer(workload: string, body: unknown): boolean {
  const { resourceType, parameter = [], expansion } = body as Body
  const value = (name: string) => parameter.find((each) => each.name === name)
  if (workload.startsWith('$expand')) {
    const contains = expansion?.contains ?? []
    return resourceType === 'ValueSet' && contains.length > 0 && contains.every(({ display }) => Boolean(display))
  }
  if (resourceType !== 'Parameters') return false
  if (workload === '$lookup') return Boolean(value('display')?.valueString) && parameter.length > 4
  if (workload === '$validate-code') return value('result')?.valueBoolean === true
  return ['subsumes', 'equivalent', 'not-subsumed', 'subsumed-by'].includes(value('outcome')?.valueCode ?? '')
}
