/**
 * A CodeableConcept → what stands in a row: the standard concepts, the source concept and the source's own code. Order: what the
 * author selected, then codings by the rank of their vocabulary; a code that no vocabulary has is looked for through the concept maps of
 * the terminology server; what is found nowhere is concept 0 with the code or the words as they are.
 */
import type { Coding, Concept } from '#documents/fhir/node.ts'
import type { Coded, Terminology } from '#terminology/terminology.ts'
import { type Concepts, type FoundConcept, type LookedUp, priorityOf, vocabularyOf } from '../vocabulary/look-up.ts'

export interface ChosenConcept {
  /** Empty: concept 0. */
  readonly standard: readonly FoundConcept[]
  /** 0: the code is in no vocabulary. */
  readonly sourceConcept: number
  /** The source's code, or its words where it has none. */
  readonly sourceValue: string
  /** The coding that was chosen; absent for words alone. */
  readonly coding?: Coded
}

export type CanonicalSystem = (system: string) => string

/** Every code that has to be looked up before `chooseConcept` can choose. */
export function codesOf(concept: Concept, terminology: Terminology | undefined): readonly Coded[] {
  return concept.codings.flatMap((coding) => {
    const canonical = canonicalCoding(coding, terminology)
    return canonical.code === '' ? [] : [canonical, ...mappedCodes(canonical, terminology)]
  })
}

export function chooseConcept(
  concept: Concept,
  concepts: Concepts,
  terminology: Terminology | undefined,
): ChosenConcept {
  const codings = ranked(concept.codings, terminology)
  const found = codings.flatMap((coding) => {
    const entry = lookUpCoding(coding, concepts, terminology)
    return entry ? [{ coding, entry }] : []
  })
  const best = found.find(({ entry }) => entry.standard.length > 0) ?? found[0]
  const coding = best?.coding ?? codings[0]
  return {
    standard: best?.entry.standard ?? [],
    sourceConcept: best?.entry.source.id ?? 0,
    sourceValue: coding?.code ?? concept.text ?? '',
    ...(coding === undefined ? {} : { coding }),
  }
}

function ranked(codings: readonly Coding[], terminology: Terminology | undefined): readonly Coded[] {
  const rank = ({ system, userSelected }: Coding & Coded) =>
    userSelected ? -1 : priorityOf(vocabularyOf(system) ?? '')
  return codings
    .map((coding) => ({ ...coding, ...canonicalCoding(coding, terminology) }))
    .filter(({ code }) => code !== '')
    .sort((left, right) => rank(left) - rank(right))
    .map(({ system, code }) => ({ system, code }))
}

/** The source concept of a mapped code is 0: the vocabulary does not know what the source wrote. */
function lookUpCoding(coding: Coded, concepts: Concepts, terminology: Terminology | undefined): LookedUp | undefined {
  const own = concepts.find(coding.system, coding.code)
  if (own) return own
  for (const target of mappedCodes(coding, terminology)) {
    const mapped = concepts.find(target.system, target.code)
    if (mapped && mapped.standard.length > 0) return { source: { ...mapped.source, id: 0 }, standard: mapped.standard }
  }
  return undefined
}

function canonicalCoding({ system, code }: Coded, terminology: Terminology | undefined): Coded {
  return { system: terminology?.canonicalSystem(system) ?? system, code }
}

/** Only maps that keep or widen the meaning: a narrower target would say more than the source. */
function mappedCodes({ system, code }: Coded, terminology: Terminology | undefined): readonly Coded[] {
  if (!terminology || vocabularyOf(system) === 'UCUM') return []
  return terminology
    .mapped(system, code)
    .filter(
      ({ relationship, condition }) =>
        condition === undefined && ['equivalent', 'equal', 'wider'].includes(relationship),
    )
    .map(({ target }) => ({ system: target.system, code: target.code }))
}
