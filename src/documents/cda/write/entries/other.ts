/** Encounters, files, and resources that have no form of their own in CDA. */
import type { CodeableConcept, DocumentReference, Encounter, Resource } from 'fhir/r4'
import { code } from '../datatypes/code.ts'
import { ids, uri } from '../datatypes/identity.ts'
import { interval } from '../datatypes/time.ts'
import { assemble, element, escaped, type Piece } from '../element.ts'
import { mediaTypeOf } from '../file-body.ts'
import { partyOf, roleOf } from '../people.ts'
import { fits } from '../schema/simple-types.ts'
import { sourceOf } from '../source.ts'
import { type Statement, statementPeople } from '../statement.ts'
import { isA, type Place, resolve, type Writing } from '../writing.ts'
import { status } from './observation.ts'

export function writeEncounter(encounter: Encounter, writing: Writing, _place: Place): Statement {
  const source = sourceOf(encounter)
  const folded: Resource[] = []
  return {
    className: 'Encounter',
    folded,
    // The reader's own word for a class that the source does not have.
    expressed: encounter.class?.code === 'UNK' ? ['class'] : [],
    pieces: [
      ...ids(encounter.identifier, writing),
      code('code', encounter.type?.[0] ?? { coding: [encounter.class] }, writing),
      status('Encounter', encounter.status, source),
      interval('effectiveTime', encounter.period),
      ...statementPeople(
        'Encounter',
        (encounter.participant ?? []).map(({ individual }) => ({ reference: individual, as: 'performer' as const })),
        writing,
        folded,
      ),
    ],
  }
}

/** A file inside the document (observationMedia), or a reference to one outside. */
export function writeFile(file: DocumentReference, writing: Writing, _place: Place): Statement {
  const source = sourceOf(file)
  const [content] = file.content
  const attachment = content?.attachment
  const binary = resolve({ reference: attachment?.url ?? '' }, writing, file)
  const data = attachment?.data ?? (isA(binary, 'Binary') ? binary.data : undefined)
  const name = source.details.find(({ url }) => url === 'ID')?.valueString
  const id = name !== undefined && !writing.ids.has(name) && fits('ID', name) ? name : undefined
  if (id !== undefined) writing.ids.add(id)
  const mediaType = mediaTypeOf(attachment?.contentType)
  return {
    className: 'ObservationMedia',
    attributes: { ID: id },
    folded: isA(binary, 'Binary') ? [binary] : [],
    // Of a file inside the document, its bytes say how many they are and what their hash is.
    expressed: data === undefined ? [] : ['size', 'hash', 'url'].map((field) => `content.attachment.${field}`),
    pieces: [
      ...ids(file.identifier, writing),
      data === undefined
        ? outside(attachment?.url, attachment?.title, mediaType)
        : element('value', { mediaType, representation: 'B64' }, escaped(data)),
    ],
  }
}

function outside(url: string | undefined, title: string | undefined, mediaType: string | undefined): Piece {
  const reference = url === undefined ? [] : [element('reference', { value: uri(url) })]
  const inner = title === undefined ? reference.map(({ xml }) => xml).join('') : escaped(title)
  return element('value', { mediaType }, inner)
}

/** What names a resource of any kind best. */
interface Named {
  readonly code?: CodeableConcept | readonly CodeableConcept[]
  readonly type?: CodeableConcept | readonly CodeableConcept[]
  readonly category?: CodeableConcept | readonly CodeableConcept[]
  readonly description?: string | CodeableConcept
}

/** Any other resource: an observation named by its code, with every other field as an observation inside it. */
export function writeAnything(resource: Resource, writing: Writing, _place: Place): Statement {
  const named: Named = resource as Named
  const own = [named.code, named.type, named.category].map(conceptIn).find((found) => found !== undefined)
  const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : []
  return {
    className: 'Observation',
    pieces: [
      ...ids(identifiers, writing),
      code('code', own ?? { text: resource.resourceType }, writing),
      element('statusCode', { code: 'completed' }),
    ],
  }
}

function conceptIn(held: Named['code'] | string): CodeableConcept | undefined {
  const first: unknown = Array.isArray(held) ? held[0] : held
  return isConcept(first) ? first : undefined
}

function isConcept(held: unknown): held is CodeableConcept {
  return typeof held === 'object' && held !== null && ('coding' in held || 'text' in held)
}

/** A person, organisation or device that a field without a place in CDA names: an act with it as performer. */
export function writeParty(resource: Resource, writing: Writing, _place: Place): Statement {
  const folded: Resource[] = []
  const party = partyOf(resource, writing)
  folded.push(...(party?.resources ?? []))
  return {
    className: 'Act',
    folded,
    pieces: [
      element('code', { nullFlavor: 'OTH' }, [element('originalText', {}, resource.resourceType)]),
      element('statusCode', { code: 'completed' }),
      party && assemble('Performer2', 'performer', {}, [roleOf('assignedEntity', party, writing, folded)]),
    ],
  }
}
