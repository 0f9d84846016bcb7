/** MedicationRequest → prescription item (eHDSI ePrescription 1.3.6.1.4.1.12559.11.10.1.3.1.3.2). */
import type {
  CodeableConcept,
  Composition,
  Dosage,
  Identifier,
  MedicationRequest,
  Period,
  Quantity,
  Resource,
} from 'fhir/r4'
import { PRESCRIPTION_STATUS } from '../../tables/statuses.ts'
import {
  DOSE_PERIOD_EXTENSION,
  FULFILS_EXTENSION,
  PRESCRIBED_QUANTITY_EXTENSION,
  RENDERED_DOSAGE_EXTENSION,
  UCUM,
} from '../../tables/urls.ts'
import { code, isWord } from '../datatypes/code.ts'
import { truth, whole } from '../datatypes/count.ts'
import { ids } from '../datatypes/identity.ts'
import { extensionValue, nullFlavorIn } from '../datatypes/nulls.ts'
import { digits, quantity } from '../datatypes/quantity.ts'
import { interval } from '../datatypes/time.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { type Source, sourceOf } from '../source.ts'
import { link, type Participant, type Statement, statementPeople } from '../statement.ts'
import { isA, type Place, resolve, type Writing } from '../writing.ts'
import {
  ADMINISTRATION,
  boundsOf,
  dosagesIn,
  inverted,
  isStatusSaid,
  medicinePieces,
  NOTE_EXPRESSED,
  notePieces,
  reasonPieces,
  statusPiece,
  substitutionCode,
  takenFrom,
} from './administration.ts'
import { timingExpressed } from './dosage.ts'

const TEMPLATES = [
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.2',
  '1.3.6.1.4.1.19376.1.5.3.1.4.7',
  '2.16.840.1.113883.10.20.1.24',
  '1.3.6.1.4.1.19376.1.5.3.1.4.7.1',
]

export function writePrescription(held: MedicationRequest, writing: Writing, place: Place): Statement {
  const source = sourceOf(held)
  const folded: Resource[] = []
  const dosages = spokenDosages(held)
  const taken = extensionValue(held, DOSE_PERIOD_EXTENSION)?.valuePeriod ?? firstBounds(held)
  return {
    className: ADMINISTRATION,
    attributes: { moodCode: 'INT', negationInd: held.doNotPerform === true ? 'true' : undefined },
    folded,
    expressed: expressedBy(held, writing, place),
    pieces: [
      ...templateIds(...TEMPLATES),
      ...ids(held.identifier, writing),
      statusPiece(held.status, PRESCRIPTION_STATUS, source),
      takenFrom(taken),
      ...medicinePieces(held, source, writing, folded),
      ...dosagesIn(dosages, source, writing),
      ...prescriber(held, writing, folded),
      supply(held, source, writing),
      substitution(held, source, writing),
      ...reasonPieces(held.reasonReference, held.reasonCode, writing, place),
      ...notePieces(held.note, source, writing),
    ],
  }
}

/** Where no dosage has words, those that were made for all of them (R5 renderedDosageInstruction) are the posology. */
function spokenDosages({ dosageInstruction = [], extension = [] }: MedicationRequest): Dosage[] {
  const rendered = extension.find(({ url }) => url === RENDERED_DOSAGE_EXTENSION)
  const text = rendered?.valueMarkdown ?? rendered?.valueString
  if (text === undefined || dosageInstruction.some((one) => one.text !== undefined)) return dosageInstruction
  const [first = {}, ...others] = dosageInstruction
  return [{ ...first, text }, ...others]
}

/** How long it is to be taken, when only the timing of the first dosage says it; further ones say it themselves. */
function firstBounds({ dosageInstruction = [] }: MedicationRequest): Period | undefined {
  const [first] = dosageInstruction
  return first === undefined ? undefined : boundsOf(first)
}

/** Words for a UCUM unit say no more than its code. */
function areBoundsSaid({ dosageInstruction = [], extension = [] }: MedicationRequest): boolean {
  if (extension.some(({ url }) => url === DOSE_PERIOD_EXTENSION)) return false
  return dosageInstruction.every(({ timing }) => {
    const lasting = timing?.repeat?.boundsDuration
    return lasting === undefined || (lasting.system === UCUM && isWord(lasting.code) && digits(lasting) !== undefined)
  })
}

function expressedBy(held: MedicationRequest, writing: Writing, place: Place): string[] {
  return [
    // Written in the mood INT, which is an order all the same.
    ...(held.intent === 'order' ? ['intent'] : []),
    ...(typeof held.doNotPerform === 'boolean' ? ['doNotPerform'] : []),
    ...(isStatusSaid(held.status, PRESCRIPTION_STATUS) ? ['status'] : []),
    ...(isGroupSaid(held, writing, place) ? ['groupIdentifier'] : []),
    ...(typeof held.substitution?.allowedBoolean === 'boolean' ? ['substitution.allowedBoolean'] : []),
    ...(timesOf(held) === undefined ? [] : ['dispenseRequest.numberOfRepeatsAllowed']),
    'independentInd.valueBoolean',
    NOTE_EXPRESSED,
    ...(headerSays(held, writing) ? ['authoredOn'] : []),
    ...timingExpressed(held.dosageInstruction ?? [], 'dosageInstruction'),
    ...(areBoundsSaid(held) ? ['dosageInstruction.timing.repeat.boundsDuration'] : []),
  ]
}

/** The section's id is the group of all its items; in a dispensation the header names the prescription. */
function isGroupSaid({ groupIdentifier: group }: MedicationRequest, writing: Writing, place: Place): boolean {
  const isSame = (one: Identifier | undefined): boolean => one?.value === group?.value && one?.system === group?.system
  if (place.depth > 0)
    return (
      compositionIn(writing)?.extension?.some((one) => one.url === FULFILS_EXTENSION && isSame(one.valueIdentifier)) ===
      true
    )
  for (const resource of writing.resources.values())
    if (isA(resource, 'MedicationRequest') && !isSame(resource.groupIdentifier)) return false
  return true
}

function compositionIn(writing: Writing): Composition | undefined {
  for (const resource of writing.resources.values()) if (isA(resource, 'Composition')) return resource
  return undefined
}

/** Whether the header names the prescriber and the day: then the item need not. */
function headerSays(held: MedicationRequest, writing: Writing): boolean {
  const composition = compositionIn(writing)
  const [author] = composition?.author ?? []
  if (author === undefined || composition === undefined) return false
  const resource = resolve(author, writing)
  if (resource === undefined || resource !== resolve(held.requester, writing)) return false
  const kept = sourceOf(resource).details.find(({ url }) => url === 'time')?.valueDateTime
  return held.authoredOn === undefined || held.authoredOn === (kept ?? composition.date)
}

function prescriber(held: MedicationRequest, writing: Writing, folded: Resource[]): Piece[] {
  if (headerSays(held, writing)) return []
  const author: Participant = { reference: held.requester, as: 'author', time: held.authoredOn }
  return statementPeople(ADMINISTRATION, [author], writing, folded)
}

/** How much may be given, how often, until when. eHDSI: the quantity counts packages. */
function supply(held: MedicationRequest, source: Source, writing: Writing): Piece | undefined {
  const asked = held.dispenseRequest
  const stated: Quantity | undefined =
    asked?.quantity ?? extensionValue(asked, PRESCRIBED_QUANTITY_EXTENSION)?.valueQuantity
  const repeats = timesOf(held)
  const independent = source.details.find(({ url }) => url === 'independentInd')?.valueBoolean
  const width = quantity('width', asked?.expectedSupplyDuration, writing)
  const valid = interval('effectiveTime', asked?.validityPeriod, 'IVL_TS')
  const amount = quantity('quantity', stated, writing)
  const saysAnything = [valid, amount, repeats, width, independent].some((one) => one !== undefined)
  if (!saysAnything) return silentSupply(source)
  const inner = assemble('Supply', 'supply', { moodCode: 'RQO' }, [
    valid,
    repeats,
    truth('independentInd', independent ?? false),
    amount,
    width === undefined ? undefined : element('expectedUseTime', {}, [width]),
  ])
  return link(ADMINISTRATION, 'COMP', inner)
}

/** How often it may be supplied: v3 counts the times in all, FHIR those after the first. */
function timesOf({ dispenseRequest: asked }: MedicationRequest): Piece | undefined {
  const repeats = asked?.numberOfRepeatsAllowed
  return typeof repeats === 'number' ? whole('repeatNumber', repeats + 1) : undefined
}

/** A supply of the source that only said why there is nothing. */
function silentSupply({ details }: Source): Piece | undefined {
  const flavor = nullFlavorIn(details.find(({ url }) => url === 'supply'))
  if (flavor === undefined) return undefined
  return link(ADMINISTRATION, 'COMP', assemble('Supply', 'supply', { moodCode: 'RQO', nullFlavor: flavor }, []))
}

/** v3 substanceAdminSubstitution: `allowed` without more is `equivalent`, the code above all kinds of it. */
const ALLOWED: CodeableConcept = {
  coding: [{ system: 'urn:oid:2.16.840.1.113883.5.1070', code: 'E', display: 'equivalent' }],
}
const NOT_ALLOWED: CodeableConcept = {
  coding: [{ system: 'urn:oid:2.16.840.1.113883.5.1070', code: 'N', display: 'none' }],
}

function substitution({ substitution: held }: MedicationRequest, source: Source, writing: Writing): Piece | undefined {
  if (held === undefined) return undefined
  const yes = held.allowedBoolean
  const concept = held.allowedCodeableConcept ?? (typeof yes === 'boolean' ? (yes ? ALLOWED : NOT_ALLOWED) : undefined)
  const value = code('value', concept, writing, { xsiType: 'CE', type: 'CE' })
  const why = code('value', held.reason, writing, { xsiType: 'CD' })
  if (value === undefined && why === undefined) return undefined
  const inner = assemble('Observation', 'observation', {}, [
    substitutionCode(source, writing),
    value,
    why === undefined ? undefined : link('Observation', 'RSON', reasonOf(why)),
  ])
  return inverted(link(ADMINISTRATION, 'SUBJ', inner))
}

function reasonOf(value: Piece): Piece {
  return assemble('Observation', 'observation', {}, [
    element('code', { code: 'SUBST', codeSystem: '2.16.840.1.113883.5.6', codeSystemName: 'ActClass' }),
    value,
  ])
}
