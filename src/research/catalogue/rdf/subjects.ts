/** Triples grouped for writing: by subject, catalogue and datasets first, then by predicate, `rdf:type` first. */
import { CATALOG, DATASET, type Quad, type Term, TYPE } from './graph.ts'

export interface Subject {
  readonly term: Term
  readonly predicates: readonly { readonly predicate: Term; readonly objects: readonly Term[] }[]
}

/** Keeps the order of the triples given, which is the canonical one. */
export function subjectsOf(quads: readonly Quad[]): readonly Subject[] {
  const subjects = new Map<string, { term: Term; predicates: Map<string, { predicate: Term; objects: Term[] }> }>()
  for (const { subject, predicate, object } of quads) {
    const key = `${subject.termType} ${subject.value}`
    const entry = subjects.get(key) ?? { term: subject, predicates: new Map() }
    subjects.set(key, entry)
    const group = entry.predicates.get(predicate.value) ?? { predicate, objects: [] }
    entry.predicates.set(predicate.value, group)
    group.objects.push(object)
  }
  const grouped = [...subjects.values()].map(({ term, predicates }) => ({ term, predicates: typeFirst(predicates) }))
  return grouped.sort((one, other) => rank(one) - rank(other))
}

function typeFirst(predicates: ReadonlyMap<string, { predicate: Term; objects: Term[] }>): Subject['predicates'] {
  const all = [...predicates.values()]
  return [
    ...all.filter(({ predicate }) => predicate.equals(TYPE)),
    ...all.filter(({ predicate }) => !predicate.equals(TYPE)),
  ]
}

function rank({ term, predicates }: Subject): number {
  const types = predicates.find(({ predicate }) => predicate.equals(TYPE))?.objects ?? []
  if (types.some((type) => type.equals(CATALOG))) return 0
  if (types.some((type) => type.equals(DATASET))) return 1
  return term.termType === 'BlankNode' ? 3 : 2
}

/** Nodes without a name that are pointed at exactly once, and not by themselves: they can be written where they are used. */
export function inlineNodes(subjects: readonly Subject[]): ReadonlyMap<string, Subject> {
  const uses = new Map<string, number>()
  const usedBy = new Map<string, string>()
  for (const { term, predicates } of subjects) {
    for (const object of predicates.flatMap(({ objects }) => objects)) {
      if (object.termType !== 'BlankNode') continue
      uses.set(object.value, (uses.get(object.value) ?? 0) + 1)
      usedBy.set(object.value, term.termType === 'BlankNode' ? term.value : '')
    }
  }
  const once = subjects.filter(({ term }) => term.termType === 'BlankNode' && uses.get(term.value) === 1)
  return new Map(
    once.filter(({ term }) => endsOutside(term.value, usedBy)).map((subject) => [subject.term.value, subject]),
  )
}

/** Nodes that only point at each other would never be written: a ring has no outside. */
function endsOutside(node: string, usedBy: ReadonlyMap<string, string>): boolean {
  const seen = new Set<string>()
  for (let at = node; at !== ''; at = usedBy.get(at) ?? '') {
    if (seen.has(at)) return false
    seen.add(at)
  }
  return true
}
