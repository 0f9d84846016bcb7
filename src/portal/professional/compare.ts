/** What was typed beside what country A knows, trait by trait, so that differences are said in words. */
import type { Candidate } from '#care/country-b/country-b.ts'
import type { SearchMask, SearchMaskField } from '#wire/discovery/directory.ts'
import { type Answers, fieldsOf } from './mask-form.ts'

export interface Trait {
  /** `family`, `given`, `birthDate`, `gender` or `identifier`. */
  readonly name: string
  /** Message key of its label. */
  readonly label: string
  readonly typed: string | undefined
  readonly known: string
  readonly match: 'same' | 'different' | 'not-typed'
}

/** The traits in the order in which an identity document is read. */
export function compareTraits(mask: SearchMask, answers: Answers, candidate: Candidate): readonly Trait[] {
  const fields = fieldsOf(mask)
  const typed = (wanted: (field: SearchMaskField) => boolean): string | undefined =>
    fields
      .filter(wanted)
      .map(({ name }) => answers[name])
      .find((value) => value !== undefined)
  const identifier = fields.find(({ kind, name }) => kind === 'identifier' && answers[name] !== undefined)
  return [
    trait('family', 'label.ism.familyName', typed(labelled('label.ism.familyName')), candidate.family),
    trait('given', 'label.ism.firstName', typed(labelled('label.ism.firstName')), candidate.given.join(' ')),
    trait(
      'birthDate',
      'label.ism.birthDate',
      typed(({ kind }) => kind === 'birthDate'),
      candidate.birthDate,
    ),
    trait(
      'gender',
      'label.ism.gender',
      typed(({ kind }) => kind === 'gender'),
      candidate.gender,
    ),
    identifierTrait(identifier, identifier && answers[identifier.name], candidate),
  ]
}

function labelled(label: string): (field: SearchMaskField) => boolean {
  return (field) => field.label === label
}

function trait(name: string, label: string, typed: string | undefined, known: string): Trait {
  const match = typed === undefined ? 'not-typed' : folded(typed) === folded(known) ? 'same' : 'different'
  return { name, label, typed, known, match }
}

/** A person may have several identifiers: it is enough that the typed one is among them. */
function identifierTrait(field: SearchMaskField | undefined, typed: string | undefined, candidate: Candidate): Trait {
  const values = [candidate.identifier, ...candidate.otherIdentifiers].map(identifierValue)
  const same = typed === undefined ? undefined : values.find((value) => folded(value) === folded(typed))
  return trait('identifier', field?.label ?? 'label.ism.nationalPersonIdentifier', typed, same ?? values[0] ?? '')
}

/** The value of `system|value`. */
export function identifierValue(identifier: string): string {
  return identifier.slice(identifier.indexOf('|') + 1)
}

/** Accents, case, spaces and hyphens do not make another person. */
function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{M}\s\-'’.]/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ')
}
