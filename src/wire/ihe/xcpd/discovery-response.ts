/** PRPA_IN201306UV02: who was found, or why not (IHE ITI TF-2 3.55.4.2, eHDSI XCPD profile). */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, descend, words } from '#platform/xml/access.ts'
import { escapeAttribute, escapeText, serialiseXml } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { XCPD_REASONS } from '../../errors/ehdsi-errors.ts'
import type { DiscoveredPatient, DiscoveryAnswer, IheError, IheProfile } from '../exchange.ts'
import type { DiscoveryEcho } from './discovery-request.ts'
import { HL7_NAMESPACE, type MessageOrigin, writeHeader } from './header.ts'
import {
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

export interface DiscoveryResponder extends MessageOrigin {
  /** Own, a bare OID. */
  readonly homeCommunityId: string
  readonly profile: IheProfile
}

export function writeDiscoveryResponse(
  given: DiscoveryAnswer,
  echo: DiscoveryEcho,
  responder: DiscoveryResponder,
): string {
  const answer = responder.profile === 'openncp' ? spelledOut(given) : given
  const header = writeHeader(
    {
      interaction: 'PRPA_IN201306UV02',
      acceptAckCode: 'NE',
      sender: responder.homeCommunityId,
      receiver: echo.sender,
      receiverOrganisation: echo.senderOrganisation,
    },
    responder,
  )
  return [
    `<PRPA_IN201306UV02 xmlns="${HL7_NAMESPACE}" ITSVersion="XML_1.0">${header}`,
    acknowledgement(answer, echo, responder.profile),
    '<controlActProcess classCode="CACT" moodCode="EVN"><code code="PRPA_TE201306UV02"/>',
    ...answer.patients.map((patient) => subject(patient, responder)),
    answer.reason === undefined ? '' : reasonOf(answer.reason),
    queryAck(answer, echo, responder.profile),
    serialiseXml(echo.queryByParameter),
    '</controlActProcess></PRPA_IN201306UV02>',
  ].join('')
}

/** ITI-55 case 3: that nobody was found is an answer, not an error. */
function isNoMatch({ patients, errors, reason }: DiscoveryAnswer): boolean {
  const told = reason === undefined || reason === 'AnswerNotAvailable'
  return patients.length === 0 && told && errors.every((error) => isOfNoMatch(error))
}

/** OpenNCP's client takes an answer without patients for an error, and looks for its reason and text. */
function spelledOut(answer: DiscoveryAnswer): DiscoveryAnswer {
  if (answer.patients.length > 0 || !isNoMatch(answer)) return answer
  const errors = answer.errors.length > 0 ? answer.errors : [NO_MATCH]
  return { ...answer, errors, reason: 'AnswerNotAvailable' }
}

const NO_MATCH: IheError = { code: 'ERROR_PI_NO_MATCH', severity: 'error', text: 'No patient found.' }

function isOfNoMatch(error: IheError): boolean {
  return error.code === 'ERROR_PI_NO_MATCH' || error.severity === 'warning'
}

function isFailure(answer: DiscoveryAnswer): boolean {
  return answer.patients.length === 0 && !isNoMatch(answer)
}

function acknowledgement(answer: DiscoveryAnswer, echo: DiscoveryEcho, profile: IheProfile): string {
  // OpenNCP has the place of its error here; we say the transaction and no more.
  const location = profile === 'openncp' ? '<location>ITI-55</location>' : ''
  const details = answer.errors.map(({ code, severity, text }) =>
    [
      `<acknowledgementDetail typeCode="${severity === 'error' ? 'E' : 'W'}"><code code="${escapeAttribute(code)}"/>`,
      `<text>${escapeText(text)}</text>${location}</acknowledgementDetail>`,
    ].join(''),
  )
  return [
    `<acknowledgement><typeCode code="${isFailure(answer) ? 'AE' : 'AA'}"/>`,
    `<targetMessage>${serialiseXml(echo.messageId)}</targetMessage>`,
    ...details,
    '</acknowledgement>',
  ].join('')
}

/** IHE ITI TF-2 3.55.4.2.2: OK, NF or AE, status `deliveredResponse`. OpenNCP says OK or AE, in both places. */
function queryAck(answer: DiscoveryAnswer, echo: DiscoveryEcho, profile: IheProfile): string {
  const queryId = child(echo.queryByParameter, 'queryId')
  const id = queryId === undefined ? '' : serialiseXml(queryId)
  const found = answer.patients.length > 0
  const ownCode = found ? 'OK' : 'AE'
  const [status, response] =
    profile === 'openncp' ? [ownCode, ownCode] : ['deliveredResponse', isNoMatch(answer) ? 'NF' : ownCode]
  return `<queryAck>${id}<statusCode code="${status}"/><queryResponseCode code="${response}"/></queryAck>`
}

/** Identifiers that HL7 v3 cannot say are left out; when none is left, it is an error of the program. */
function subject(patient: DiscoveredPatient, { homeCommunityId, profile }: DiscoveryResponder): string {
  const ids = patient.identifiers.map(identifierAttributes).filter((id) => id !== undefined)
  if (ids.length === 0) throw new Error('no identifier of the patient has an OID')
  return [
    '<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN">',
    '<id nullFlavor="NA"/><statusCode code="active"/>',
    '<subject1 typeCode="SBJ"><patient classCode="PAT">',
    ...ids.map((id) => `<id ${id}/>`),
    '<statusCode code="active"/>',
    person(patient, profile),
    '<subjectOf1 typeCode="SBJ"><queryMatchObservation classCode="OBS" moodCode="EVN">',
    '<code code="IHE_PDQ" codeSystem="2.16.840.1.113883.1.11.19914"/>',
    '<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="INT" value="100"/>',
    '</queryMatchObservation></subjectOf1></patient></subject1>',
    '<custodian typeCode="CST"><assignedEntity classCode="ASSIGNED">',
    `<id root="${escapeAttribute(homeCommunityId)}"/>`,
    '<code code="NotHealthDataLocator" codeSystem="1.3.6.1.4.1.19376.1.2.27.2"/>',
    '</assignedEntity></custodian></registrationEvent></subject>',
  ].join('')
}

function person({ family, given, gender, birthDate, address }: DiscoveredPatient, profile: IheProfile): string {
  return [
    '<patientPerson classCode="PSN" determinerCode="INSTANCE">',
    `<name>${writeName(family, given, profile)}</name>`,
    `<administrativeGenderCode ${genderAttributes(gender)}/>`,
    `<birthTime ${birthDate === '' ? 'nullFlavor="UNK"' : `value="${writeDate(birthDate)}"`}/>`,
    address === undefined ? '' : `<addr>${writeAddress(address, 'streetAddressLine')}</addr>`,
    '</patientPerson>',
  ].join('')
}

/** What country B can do about it is a request to it (`triggerFor`); the others explain (`mitigatedBy`). */
const REQUESTS = new Set(['DemographicsQueryNotAllowed', 'AdditionalDemographicsRequested', 'EHICDataRequested'])

function reasonOf(reason: string): string {
  const system = XCPD_REASONS.find(({ code }) => code === reason)?.system
  const code = `<code code="${escapeAttribute(reason)}"${system === undefined ? '' : ` codeSystem="${system}"`}/>`
  const [before, behind] = REQUESTS.has(reason)
    ? [
        '<triggerFor typeCode="TRIG"><actOrderRequired classCode="ACT" moodCode="RQO">',
        '</actOrderRequired></triggerFor>',
      ]
    : [
        '<mitigatedBy typeCode="MITGT"><detectedIssueManagement classCode="ACT" moodCode="EVN">',
        '</detectedIssueManagement></mitigatedBy>',
      ]
  return [
    '<reasonOf typeCode="RSON"><detectedIssueEvent classCode="ALRT" moodCode="EVN">',
    '<code code="ActAdministrativeDetectedIssueCode" codeSystem="2.16.840.1.113883.5.4"/>',
    `${before}${code}${behind}</detectedIssueEvent></reasonOf>`,
  ].join('')
}

export type DiscoveryResponseProblemCode = 'discovery-malformed'

export function readDiscoveryResponse(body: XmlElement): Result<DiscoveryAnswer, DiscoveryResponseProblemCode> {
  const control = child(body, 'controlActProcess')
  const acknowledged = attribute(descend(body, 'acknowledgement', 'typeCode'), 'code')
  if (body.name !== 'PRPA_IN201306UV02' || body.namespace !== HL7_NAMESPACE || control === undefined) {
    return malformed('The answer is not PRPA_IN201306UV02.')
  }
  if (acknowledged === undefined) return malformed('The answer does not say whether the question was understood.')
  const patients: DiscoveredPatient[] = []
  for (const found of children(control, 'subject')) {
    const patient = readSubject(found)
    if (!patient.ok) return patient
    patients.push(patient.value)
  }
  const errors = children(child(body, 'acknowledgement'), 'acknowledgementDetail').map(readDetail)
  const response = attribute(descend(control, 'queryAck', 'queryResponseCode'), 'code')
  const failure = acknowledged !== 'AA' || (response !== 'OK' && response !== 'NF')
  const reason = readReason(control)
  // An error that does not say what it is must not look like "nobody found".
  if (failure && errors.length === 0 && reason === undefined) errors.push(UNSAID)
  return ok({ patients, errors, ...present('reason', reason) })
}

const UNSAID: IheError = {
  code: 'ERROR_PI_GENERIC',
  severity: 'error',
  text: 'The other country could not look for the patient and does not say why.',
}

function malformed(sentence: string): Result<never, DiscoveryResponseProblemCode> {
  return failed('discovery-malformed', sentence, 'Tell the operator of that national contact point.')
}

function readSubject(found: XmlElement): Result<DiscoveredPatient, DiscoveryResponseProblemCode> {
  const patient = descend(found, 'registrationEvent', 'subject1', 'patient')
  const person = child(patient, 'patientPerson')
  const identifiers = children(patient, 'id')
    .map(readIdentifier)
    .filter((identifier) => identifier !== undefined)
  if (person === undefined || identifiers.length === 0) return malformed('A patient of the answer has no identifier.')
  const born = attribute(child(person, 'birthTime'), 'value')
  const birthDate = born === undefined ? '' : readDate(born)
  if (birthDate === undefined) return malformed('The birth date of a patient of the answer is no date.')
  const named = child(person, 'name')
  const name = named === undefined ? { family: '', given: [] } : readName(named)
  const gender = readGender(child(person, 'administrativeGenderCode')) ?? 'unknown'
  const address = readAddress(child(person, 'addr') ?? child(patient, 'addr'))
  return ok({ identifiers, ...name, birthDate, gender, ...present('address', address) })
}

function readDetail(detail: XmlElement): IheError {
  const code = attribute(child(detail, 'code'), 'code')?.trim() || 'ERROR_PI_GENERIC'
  const warning = attribute(detail, 'typeCode') === 'W' || attribute(detail, 'typeCode') === 'I'
  return { code, severity: warning ? 'warning' : 'error', text: words(child(detail, 'text')) }
}

function readReason(control: XmlElement): string | undefined {
  const issue = descend(control, 'reasonOf', 'detectedIssueEvent')
  const code =
    descend(issue, 'mitigatedBy', 'detectedIssueManagement', 'code') ??
    descend(issue, 'triggerFor', 'actOrderRequired', 'code')
  return attribute(code, 'code')?.trim() || undefined
}
