/** The CDA header (§4.2) → Composition; everything but the patient and the sections. */
import type {
  Composition,
  CompositionAttester,
  CompositionEvent,
  CompositionRelatesTo,
  Encounter,
  Extension,
  Reference,
} from 'fhir/r4'
import { attribute, child, words } from '#platform/xml/access.ts'
import { codeOf, concept, requiredConcept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifier, identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { instant, moment, period, requiredMoment, when } from '../datatypes/time.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import { relate, structural } from '../statement.ts'
import { FULFILS_EXTENSION, RELATIONSHIP_TYPE, VERSION_NUMBER_EXTENSION } from '../tables/urls.ts'
import { participant, readOrganization } from './people.ts'

const CONFIDENTIALITIES = ['L', 'M', 'N', 'R', 'U', 'V'] as const
const RELATES: Readonly<Record<string, CompositionRelatesTo['code']>> = {
  XFRM: 'transforms',
  RPLC: 'replaces',
  APND: 'appends',
}

/** Header elements that fields of the Composition, the Bundle or the Patient express. */
const EXPRESSED = new Set([
  'id',
  'code',
  'title',
  'effectiveTime',
  'confidentialityCode',
  'languageCode',
  'setId',
  'versionNumber',
  'recordTarget',
  'author',
  'dataEnterer',
  'informant',
  'custodian',
  'informationRecipient',
  'legalAuthenticator',
  'authenticator',
  'participant',
  'documentationOf',
  'relatedDocument',
  'inFulfillmentOf',
  'componentOf',
  'component',
  'templateId',
  'typeId',
  'realmCode',
])

export interface HeaderParts {
  readonly composition: Composition
  readonly trace: Trace
}

/** The Composition without its sections. */
export function readHeader(root: Located, reading: Reading): HeaderParts {
  const { element } = root
  const trace = newTrace(root.path)
  for (const name of ['confidentialityCode', 'realmCode', 'languageCode'])
    structural(trace, child(element, name), reading)
  const date = requiredMoment(child(element, 'effectiveTime'))
  const setId = child(element, 'setId')
  const id = child(element, 'id')
  const type = requiredConcept(child(element, 'code'), reading)
  const title = words(child(element, 'title'))
  const composition: Composition = {
    resourceType: 'Composition',
    language: reading.language,
    extension: [...versionNumber(element), ...fulfilments(root, reading)],
    identifier: (setId && identifier(setId, reading)) ?? (id && identifier(id, reading)),
    status: 'final',
    type,
    subject: { reference: reading.patient },
    date: date.value ?? '',
    _date: date.element,
    author: references(each(root, 'author'), reading),
    title: title === '' ? (type.coding?.[0]?.display ?? type.text ?? '—') : title,
    confidentiality: confidentialityOf(element),
    attester: [
      ...attesters(root, 'legalAuthenticator', 'legal', reading),
      ...attesters(root, 'authenticator', 'professional', reading),
    ],
    relatesTo: each(root, 'relatedDocument').flatMap((part) => relatesTo(part, reading, trace)),
    event: each(root, 'documentationOf').flatMap((part) => eventOf(part, reading, trace)),
  }
  if (composition.author.length === 0) composition.author = [{ extension: absent() }]
  const custodian = first(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization')
  if (custodian !== undefined) composition.custodian = { reference: readOrganization(custodian, reading) }
  const encounter = first(root, 'componentOf', 'encompassingEncounter')
  if (encounter !== undefined) composition.encounter = { reference: readEncounter(encounter, reading) }
  for (const name of ['dataEnterer', 'informant', 'informationRecipient']) relateAll(root, name, reading, trace)
  keepOrders(root, reading, trace)
  for (const part of every(root)) {
    const kept = EXPRESSED.has(part.element.name) ? undefined : detail(part.element, reading)
    if (kept !== undefined) trace.details.push(kept)
  }
  return { composition, trace }
}

function confidentialityOf(element: Located['element']): Composition['confidentiality'] {
  const code = codeOf(child(element, 'confidentialityCode'))
  return CONFIDENTIALITIES.find((known) => known === code)
}

function versionNumber(element: Located['element']): NonNullable<Composition['extension']> {
  const version = attribute(child(element, 'versionNumber'), 'value')
  return version === undefined ? [] : [{ url: VERSION_NUMBER_EXTENSION, valueString: version }]
}

/** The orders that the document fulfils: for a dispensation, its prescription. */
function fulfilments(root: Located, reading: Reading): Extension[] {
  return each(root, 'inFulfillmentOf').flatMap((part) =>
    identifiers(first(part, 'order')?.element, reading).map((id) => ({ url: FULFILS_EXTENSION, valueIdentifier: id })),
  )
}

/** What an order says beyond its identifier. */
function keepOrders(root: Located, reading: Reading, trace: Trace): void {
  for (const order of each(root, 'inFulfillmentOf').flatMap((part) => each(part, 'order'))) {
    for (const part of every(order)) {
      const kept = part.element.name === 'id' ? undefined : detail(part.element, reading)
      if (kept !== undefined) trace.details.push({ url: 'order', extension: [kept] })
    }
  }
}

function references(parts: readonly Located[], reading: Reading): Reference[] {
  return parts.flatMap((part) => {
    const reference = participant(part, reading)
    return reference === undefined ? [] : [{ reference }]
  })
}

function attesters(
  root: Located,
  name: string,
  mode: CompositionAttester['mode'],
  reading: Reading,
): CompositionAttester[] {
  return each(root, name).map((part) => {
    const time = moment(child(part.element, 'time'))
    const party = participant(part, reading)
    return {
      mode,
      time: time?.value,
      _time: time?.element,
      ...(party === undefined ? {} : { party: { reference: party } }),
    }
  })
}

function relateAll(root: Located, name: string, reading: Reading, trace: Trace): void {
  for (const part of each(root, name)) {
    const reference = participant(part, reading)
    if (reference !== undefined) relate(trace, attribute(part.element, 'typeCode') ?? name, [reference])
  }
}

function relatesTo(at: Located, reading: Reading, trace: Trace): CompositionRelatesTo[] {
  const parent = first(at, 'parentDocument')
  const typeCode = attribute(at.element, 'typeCode') ?? ''
  const code = RELATES[typeCode]
  const [target] = identifiers(parent?.element, reading)
  for (const part of parent ? every(parent) : []) {
    if (part.element.name === 'id' && target !== undefined) continue
    const kept = detail(part.element, reading)
    if (kept !== undefined) trace.details.push({ url: 'parentDocument', extension: [kept] })
  }
  if (typeCode !== '') trace.codes.push({ system: RELATIONSHIP_TYPE, code: typeCode })
  return target === undefined ? [] : [{ code: code ?? 'appends', targetIdentifier: target }]
}

/** What the document is about: a service event with its performers. */
function eventOf(at: Located, reading: Reading, trace: Trace): CompositionEvent[] {
  const event = first(at, 'serviceEvent')
  if (event === undefined) return []
  const code = concept(child(event.element, 'code'), reading)
  const { moment: single, period: bounds } = when(child(event.element, 'effectiveTime'))
  for (const part of every(event)) {
    if (['code', 'effectiveTime', 'performer', 'templateId'].includes(part.element.name)) continue
    const kept = detail(part.element, reading)
    if (kept !== undefined) trace.details.push({ url: 'serviceEvent', extension: [kept] })
  }
  const classCode = attribute(event.element, 'classCode')
  if (classCode !== undefined && classCode !== 'ACT')
    trace.codes.push({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActClass', code: classCode })
  return [
    {
      code: code === undefined ? [] : [code],
      period: bounds ?? (single === undefined ? undefined : { start: single.value, _start: single.element }),
      detail: references(each(event, 'performer'), reading),
    },
  ]
}

function readEncounter(at: Located, reading: Reading): string {
  const trace = newTrace(at.path)
  const time = child(at.element, 'effectiveTime')
  const start = moment(time)
  const encounter: Encounter = {
    resourceType: 'Encounter',
    identifier: identifiers(at.element, reading),
    status: 'unknown',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK' },
    type: [concept(child(at.element, 'code'), reading)].flatMap((code) => code ?? []),
    subject: { reference: reading.patient },
    period: period(time) ?? { start: start?.value, _start: start?.element },
    participant: [...each(at, 'responsibleParty'), ...each(at, 'encounterParticipant')].flatMap((part) => {
      const individual = participant(part, reading)
      return individual === undefined ? [] : [{ individual: { reference: individual } }]
    }),
  }
  for (const part of every(at)) {
    if (['id', 'code', 'effectiveTime', 'responsibleParty', 'encounterParticipant'].includes(part.element.name))
      continue
    const kept = detail(part.element, reading)
    if (kept !== undefined) trace.details.push(kept)
  }
  return addResource(reading, encounter, trace)
}

/** When the document was written, as an instant when the source has one. */
export function timestampOf(root: Located): string | undefined {
  return instant(child(root.element, 'effectiveTime'))
}
