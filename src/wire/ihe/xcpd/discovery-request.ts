/** PRPA_IN201305UV02: who is looked for (IHE ITI TF-2 3.55.4.1, eHDSI XCPD profile). */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, descend } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { DiscoveryAnswer, IheProfile, PatientDiscovery } from '../exchange.ts'
import {
  HL7_NAMESPACE,
  INTERACTION_ROOT,
  type MessageOrigin,
  readDevice,
  readOrganisation,
  writeHeader,
} from './header.ts'
import {
  type Gender,
  genderAttributes,
  identifierAttributes,
  present,
  readAddress,
  readDate,
  readGender,
  readIdentifier,
  readName,
  writeAddress,
  writeDate,
  writeName,
} from './person.ts'

/** What the answer repeats of the question. */
export interface DiscoveryEcho {
  /** `id` of the message. */
  readonly messageId: XmlElement
  readonly queryByParameter: XmlElement
  readonly sender: string
  readonly senderOrganisation: string
}

export interface DiscoveryRequest {
  /** `identifiers` may be empty here: see `refusalBeforeSearch`. */
  readonly question: PatientDiscovery
  readonly echo: DiscoveryEcho
}

export type DiscoveryRequestProblemCode = 'discovery-malformed'

/** The question and its echo. */
export function readPatientDiscovery(body: XmlElement): Result<DiscoveryRequest, DiscoveryRequestProblemCode> {
  if (body.name !== 'PRPA_IN201305UV02' || body.namespace !== HL7_NAMESPACE) {
    return malformed('The message is not PRPA_IN201305UV02.')
  }
  const messageId = child(body, 'id')
  const [sender, receiver] = [readDevice(body, 'sender'), readDevice(body, 'receiver')]
  const queryByParameter = descend(body, 'controlActProcess', 'queryByParameter')
  const parameters = child(queryByParameter, 'parameterList')
  if (messageId === undefined) return malformed('The message has no id.')
  if (sender === undefined || receiver === undefined) return malformed('The sender or the receiver has no id.')
  if (queryByParameter === undefined || child(queryByParameter, 'queryId') === undefined || parameters === undefined) {
    return malformed('The message has no query with an id and parameters.')
  }
  const traits = readTraits(parameters)
  if (!traits.ok) return traits
  const senderOrganisation = readOrganisation(body, 'sender') ?? sender
  return ok({
    question: { ...traits.value, sender, receiver },
    echo: { messageId, queryByParameter, sender, senderOrganisation },
  })
}

type Traits = Omit<PatientDiscovery, 'sender' | 'receiver'>

function readTraits(parameters: XmlElement): Result<Traits, DiscoveryRequestProblemCode> {
  const ids = values(parameters, 'livingSubjectId').filter((value) => attribute(value, 'nullFlavor') === undefined)
  const identifiers: string[] = []
  for (const id of ids) {
    const identifier = readIdentifier(id)
    if (identifier === undefined) return malformed('An identifier of the patient has no root.')
    if (!identifiers.includes(identifier)) identifiers.push(identifier)
  }
  const [born] = values(parameters, 'livingSubjectBirthTime')
  const bornValue = attribute(born, 'value')
  const birthDate = bornValue === undefined ? undefined : readDate(bornValue)
  if (bornValue !== undefined && birthDate === undefined) return malformed('The birth date of the patient is no date.')
  const [asked] = values(parameters, 'livingSubjectAdministrativeGender')
  const gender = asked === undefined ? undefined : readGender(asked)
  if (asked !== undefined && gender === undefined) return malformed('The gender of the patient is not a code of HL7.')
  const [named] = values(parameters, 'livingSubjectName')
  const name = named === undefined ? undefined : readName(named)
  return ok({
    identifiers,
    ...present('family', name?.family || undefined),
    ...present('given', name === undefined || name.given.length === 0 ? undefined : name.given),
    ...present('birthDate', birthDate),
    ...present('gender', gender),
    ...present('address', readAddress(values(parameters, 'patientAddress')[0])),
  })
}

/** Values of a parameter, which may be repeated as a whole or inside itself. */
function values(parameters: XmlElement, name: string): XmlElement[] {
  return children(parameters, name).flatMap((parameter) => children(parameter, 'value'))
}

function malformed(sentence: string): Result<never, DiscoveryRequestProblemCode> {
  return failed('discovery-malformed', sentence, 'Send PRPA_IN201305UV02 as the eHDSI XCPD profile has it.')
}

/**
 * The answer to a question that is not looked into: it is meant for another country, or has no identifier (eHDSI XCPD
 * profile: demographics alone find nobody).
 */
export function refusalBeforeSearch(question: PatientDiscovery, homeCommunityId: string): DiscoveryAnswer | undefined {
  if (question.receiver !== homeCommunityId) {
    return refusal('AnswerNotAvailable', 'ERROR_PI_GENERIC', 'Receiver has wrong Home Community ID.')
  }
  if (question.identifiers.length === 0) {
    const text = 'Queries are only available with patient identifiers.'
    return refusal('DemographicsQueryNotAllowed', 'ERROR_PI_GENERIC', text)
  }
  return undefined
}

function refusal(reason: string, code: string, text: string): DiscoveryAnswer {
  return { patients: [], errors: [{ code, severity: 'error', text }], reason }
}

/** Constant in the reference implementation. */
const OPENNCP_QUERY_ID = '1.263507841149'

/** Identifiers that HL7 v3 cannot say are left out; when none is left, it is an error of the program. */
export function writePatientDiscovery(question: PatientDiscovery, profile: IheProfile, origin: MessageOrigin): string {
  const header = writeHeader(
    { interaction: 'PRPA_IN201305UV02', acceptAckCode: 'AL', sender: question.sender, receiver: question.receiver },
    origin,
  )
  const system = profile === 'openncp' ? 'codeSystemName' : 'codeSystem'
  const queryId = profile === 'openncp' ? OPENNCP_QUERY_ID : origin.newId()
  return [
    `<PRPA_IN201305UV02 xmlns="${HL7_NAMESPACE}" ITSVersion="XML_1.0">${header}`,
    '<controlActProcess classCode="CACT" moodCode="EVN">',
    `<code code="PRPA_TE201305UV02" ${system}="${INTERACTION_ROOT}"/>`,
    '<authorOrPerformer typeCode="AUT"><assignedPerson classCode="ASSIGNED"/></authorOrPerformer>',
    `<queryByParameter><queryId root="${queryId}"/><statusCode code="new"/>`,
    '<responseModalityCode code="R"/><responsePriorityCode code="I"/><matchCriterionList/>',
    `<parameterList>${writeTraits(question, profile)}</parameterList></queryByParameter>`,
    '</controlActProcess></PRPA_IN201305UV02>',
  ].join('')
}

/** In the order of the schema. */
function writeTraits(question: PatientDiscovery, profile: IheProfile): string {
  const { identifiers, family, given = [], birthDate, gender, address } = question
  const ids = identifiers.map(identifierAttributes).filter((id) => id !== undefined)
  if (ids.length === 0) throw new Error('no identifier of the patient has an OID')
  const name = writeName(family, given, profile)
  const place = address === undefined ? '' : writeAddress(address, 'streetName')
  return [
    gender === undefined ? '' : askedGender(gender),
    birthDate === undefined
      ? ''
      : asked('livingSubjectBirthTime', `<value value="${writeDate(birthDate)}"/>`, 'LivingSubject.birthTime'),
    ...ids.map((id) => asked('livingSubjectId', `<value ${id}/>`, 'LivingSubject.id')),
    name === '' ? '' : asked('livingSubjectName', `<value>${name}</value>`, 'LivingSubject.name'),
    place === '' ? '' : asked('patientAddress', `<value>${place}</value>`, 'Patient.addr'),
  ].join('')
}

function askedGender(gender: Gender): string {
  const value = `<value ${genderAttributes(gender)}/>`
  return asked('livingSubjectAdministrativeGender', value, 'LivingSubject.administrativeGender')
}

function asked(name: string, value: string, semantics: string): string {
  return `<${name}>${value}<semanticsText>${semantics}</semanticsText></${name}>`
}
