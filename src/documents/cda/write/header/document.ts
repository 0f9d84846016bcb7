/** Composition → the CDA header (R2 §4.2), everything but the patient and the body. */
import type { Composition, Encounter, Identifier, Reference, Resource } from 'fhir/r4'
import { ACT_CLASS, RELATIONSHIP_TYPE, VERSION_NUMBER_EXTENSION } from '../../tables/urls.ts'
import { code } from '../datatypes/code.ts'
import { id, ids } from '../datatypes/identity.ts'
import { extensionValue } from '../datatypes/nulls.ts'
import { interval, time } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece } from '../element.ts'
import { organization, participation, text } from '../people.ts'
import { fulfilments } from '../pharmacy/orders.ts'
import { takes } from '../schema/attributes.ts'
import { fits } from '../schema/simple-types.ts'
import { sourceOf } from '../source.ts'
import { isA, resolve, type Writing } from '../writing.ts'

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const CONFIDENTIALITIES: Readonly<Record<string, string>> = {
  L: 'low',
  M: 'moderate',
  N: 'normal',
  R: 'restricted',
  U: 'unrestricted',
  V: 'very restricted',
}

export interface Identities {
  readonly document: Identifier
  readonly set?: Identifier | undefined
}

/** What comes before the patient: type, ids, title, times. */
export function documentFacts(
  composition: Composition,
  identities: Identities,
  language: string,
  writing: Writing,
): Piece[] {
  const version = extensionValue(composition, VERSION_NUMBER_EXTENSION)?.valueString
  const realm = sourceOf(composition).others.find(
    ({ system, code: one }) => system === undefined && /^[A-Z]{2}$/.test(one ?? ''),
  )
  return [
    ...(realm === undefined ? [] : [element('realmCode', { code: realm.code })]),
    element('typeId', { root: '2.16.840.1.113883.1.3', extension: 'POCD_HD000040' }),
    id(identities.document, writing),
    code('code', composition.type, writing, { type: 'CE' }),
    text('title', composition.title),
    time('effectiveTime', composition.date, composition._date),
    confidentiality(composition, writing),
    element('languageCode', { code: language }),
    identities.set === undefined ? undefined : id(identities.set, writing, 'setId'),
    version !== undefined && /^\d{1,9}$/.test(version) ? element('versionNumber', { value: version }) : undefined,
  ].filter((piece) => piece !== undefined)
}

function confidentiality(composition: Composition, writing: Writing): Piece | undefined {
  const level = composition.confidentiality ?? 'N'
  const own = { system: CONFIDENTIALITY, code: level, display: CONFIDENTIALITIES[level] ?? 'normal' }
  // The codes of realm and language, which the reader keeps beside it, have no system.
  const stated = sourceOf(composition).others.filter(
    ({ system, code: one }) => system !== undefined || one === undefined,
  )
  return code('confidentialityCode', { coding: stated.length > 0 ? stated : [own] }, writing, { type: 'CE' })
}

/** Who wrote, keeps and signed the document. */
export function documentPeople(composition: Composition, writing: Writing, folded: Resource[]): Piece[] {
  const source = sourceOf(composition)
  const related = (...types: readonly string[]): Reference[] =>
    source.related.filter(({ typeCode }) => types.includes(typeCode)).map(({ target }) => ({ reference: target }))
  const who = (className: string, name: string, references: readonly Reference[]): Piece[] =>
    references.flatMap((reference) => participation(className, name, reference, writing, folded) ?? [])
  return [
    ...authors(composition, writing, folded),
    ...who('DataEnterer', 'dataEnterer', related('ENT', 'dataEnterer').slice(0, 1)),
    ...who('Informant12', 'informant', related('INF', 'informant')),
    custodian(composition, writing, folded),
    ...who('InformationRecipient', 'informationRecipient', related('PRCP', 'TRC', 'informationRecipient')),
    ...signatures(composition, writing, folded),
  ]
}

function authors(composition: Composition, writing: Writing, folded: Resource[]): Piece[] {
  return (composition.author ?? []).flatMap((reference) => {
    const known = sourceOf(resolve(reference, writing))
    // A FHIR author has no time of its own: it is the document's.
    const moment = known.element === '' ? composition.date : undefined
    return participation('Author', 'author', reference, writing, folded, { time: moment }) ?? []
  })
}

/** CDA wants a custodian: without one it is said that it is not known. */
function custodian(composition: Composition, writing: Writing, folded: Resource[]): Piece {
  const keeper = resolve(composition.custodian, writing, composition)
  const body = isA(keeper, 'Organization')
    ? organization('CustodianOrganization', 'representedCustodianOrganization', keeper, writing, folded)
    : undefined
  return assemble('Custodian', 'custodian', {}, [assemble('AssignedCustodian', 'assignedCustodian', {}, [body])])
}

function signatures(composition: Composition, writing: Writing, folded: Resource[]): Piece[] {
  return (composition.attester ?? []).flatMap(({ mode, party, time: moment, _time: beside }) => {
    const isLegal = mode === 'legal' || mode === 'official'
    const className = isLegal ? 'LegalAuthenticator' : 'Authenticator'
    const name = isLegal ? 'legalAuthenticator' : 'authenticator'
    const [flavor] = sourceOf(resolve(party, writing)).nulls
    const isNull = flavor !== undefined && fits('NullFlavor', flavor)
    const pieces = [
      ...[time('time', moment, beside)].filter((piece) => piece !== undefined),
      element('signatureCode', isNull ? { nullFlavor: flavor } : { code: 'S' }),
    ]
    return participation(className, name, party, writing, folded, { pieces }) ?? []
  })
}

/** What the document is about, what it follows from, and during which encounter. */
export function documentRelations(
  composition: Composition,
  transformed: Identifier | undefined,
  writing: Writing,
  folded: Resource[],
): Piece[] {
  const source = sourceOf(composition)
  const encounter = resolve(composition.encounter, writing, composition)
  return [
    ...fulfilments(composition, writing),
    ...(composition.event ?? []).map((event) => serviceEvent(event, source.codes, source.details, writing, folded)),
    ...relatedDocuments(composition, transformed, writing),
    ...detailPieces('ClinicalDocument', source.details, writing),
    ...(isA(encounter, 'Encounter') ? [encompassing(encounter, writing, folded)] : []),
  ]
}

type SourceParts = ReturnType<typeof sourceOf>

function serviceEvent(
  event: NonNullable<Composition['event']>[number],
  codes: SourceParts['codes'],
  details: SourceParts['details'],
  writing: Writing,
  folded: Resource[],
): Piece {
  const classCode = codes.find(({ system }) => system === ACT_CLASS)?.code
  const kept = details.flatMap(({ url, extension }) => (url === 'serviceEvent' ? (extension ?? []) : []))
  return assemble('DocumentationOf', 'documentationOf', { typeCode: 'DOC' }, [
    assemble(
      'ServiceEvent',
      'serviceEvent',
      { classCode: takes('ServiceEvent', 'classCode', classCode) ? classCode : 'PCPR', moodCode: 'EVN' },
      [
        code('code', event.code?.[0], writing, { type: 'CE' }),
        interval('effectiveTime', event.period),
        ...(event.detail ?? []).flatMap(
          (reference) => participation('Performer1', 'performer', reference, writing, folded) ?? [],
        ),
        ...detailPieces('ServiceEvent', kept, writing),
      ],
    ),
  ])
}

const RELATES: Readonly<Record<string, string>> = { transforms: 'XFRM', replaces: 'RPLC', appends: 'APND' }

/** Documents that this one replaces, appends or was transformed from; the level 1 twin is one of these. */
function relatedDocuments(composition: Composition, transformed: Identifier | undefined, writing: Writing): Piece[] {
  const source = sourceOf(composition)
  const kept = source.details.flatMap(({ url, extension }) => (url === 'parentDocument' ? (extension ?? []) : []))
  const typeCode = source.codes.find(({ system }) => system === RELATIONSHIP_TYPE)?.code
  const stated = (composition.relatesTo ?? []).map(({ code: one, targetIdentifier, targetReference: other }) => {
    const words = [other?.reference ?? other?.display].flatMap((text) =>
      text ? [{ url: 'text', valueString: text }] : [],
    )
    return parent(RELATES[one] ?? 'APND', targetIdentifier ?? other?.identifier, [...words, ...kept], writing)
  })
  const isSaid = (composition.relatesTo ?? []).some(
    ({ targetIdentifier }) => targetIdentifier?.value === transformed?.value,
  )
  const only = stated.length === 0 && kept.length > 0 ? [parent(typeCode ?? 'APND', undefined, kept, writing)] : []
  return [
    ...stated,
    ...only,
    ...(transformed === undefined || isSaid ? [] : [parent('XFRM', transformed, [], writing)]),
  ]
}

function parent(
  typeCode: string,
  held: Identifier | undefined,
  details: SourceParts['details'],
  writing: Writing,
): Piece {
  return assemble('RelatedDocument', 'relatedDocument', { typeCode }, [
    assemble('ParentDocument', 'parentDocument', {}, [
      id(held, writing),
      ...detailPieces('ParentDocument', details, writing),
    ]),
  ])
}

function encompassing(encounter: Encounter, writing: Writing, folded: Resource[]): Piece {
  folded.push(encounter)
  const { details } = sourceOf(encounter)
  const people = (encounter.participant ?? []).map(({ individual }) => individual)
  const responsible = people.find((one) => sourceOf(resolve(one, writing)).element === 'responsibleParty')
  const others = people.filter((one) => one !== responsible)
  return assemble('Component1', 'componentOf', {}, [
    assemble('EncompassingEncounter', 'encompassingEncounter', {}, [
      ...ids(encounter.identifier, writing),
      code('code', encounter.type?.[0], writing, { type: 'CE' }),
      interval('effectiveTime', encounter.period),
      responsible && participation('ResponsibleParty', 'responsibleParty', responsible, writing, folded),
      ...others.map((one) => participation('EncounterParticipant', 'encounterParticipant', one, writing, folded)),
      ...detailPieces('EncompassingEncounter', details, writing),
    ]),
  ])
}
