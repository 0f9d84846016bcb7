/** Messages put together from text, as any other program would: nothing of the own writers of requests is used. */
import { randomUUID } from 'node:crypto'
import { readMessage } from '#wire/ihe/soap/message.ts'
import type { Reply, Sent } from './border.ts'

export const SERVICES = '/openncp-ws-server/services'
const IHE = 'urn:ihe:iti:2007'
const HL7 = 'urn:hl7-org:v3'
const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

export const TRANSACTIONS = {
  'ITI-55': { path: `${SERVICES}/XCPD_Service`, action: `${HL7}:PRPA_IN201305UV02:CrossGatewayPatientDiscovery` },
  'ITI-38': { path: `${SERVICES}/XCA_Service`, action: `${IHE}:CrossGatewayQuery` },
  'ITI-39': { path: `${SERVICES}/XCA_Service`, action: `${IHE}:CrossGatewayRetrieve` },
  'ITI-41': { path: `${SERVICES}/XDR_Service`, action: `${IHE}:ProvideAndRegisterDocumentSet-b` },
} as const

export type Transaction = keyof typeof TRANSACTIONS

/** A whole request: envelope, addressing, the given assertions in their order, the body as it is. */
export function envelope(transaction: Transaction, body: string, assertions: readonly string[]): string {
  const { action } = TRANSACTIONS[transaction]
  return [
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header xmlns:a="http://www.w3.org/2005/08/addressing">',
    `<a:Action s:mustUnderstand="1">${action}</a:Action><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID>`,
    `<wsse:Security xmlns:wsse="${SECURITY}">${assertions.join('')}</wsse:Security></s:Header>`,
    `<s:Body>${body.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, '')}</s:Body></s:Envelope>`,
  ].join('')
}

export function posted(
  transaction: Transaction,
  text: string | Uint8Array,
  headers: Record<string, string> = {},
): Sent {
  const { path } = TRANSACTIONS[transaction]
  return { path, headers: { 'content-type': 'application/soap+xml; charset=UTF-8', ...headers }, body: text }
}

/** The XML text of the child of the answer's Body. */
export function bodyOf({ headers, body }: Reply): string {
  const message = readMessage(String(headers['content-type'] ?? ''), new Uint8Array(body))
  if (!message.ok) throw new Error(`${message.problem.sentence} ${body.toString('utf8').slice(0, 300)}`)
  const found = /<(?:\w+:)?Body[^>]*>([\s\S]*)<\/(?:\w+:)?Body>/.exec(message.value.text)?.[1]
  if (found === undefined) throw new Error('The answer has no Body.')
  return found
}

/** The codes of an answer, whatever the transaction: of registry errors, of acknowledgements, of faults. */
export function codesOf(reply: Reply): readonly string[] {
  const text = bodyOf(reply)
  const registry = [...text.matchAll(/errorCode="([^"]*)"/g)].map(([, code]) => code ?? '')
  const details = [...text.matchAll(/<acknowledgementDetail[^>]*>\s*<code code="([^"]*)"/g)].map(
    ([, code]) => code ?? '',
  )
  const fault = /<env:Value>env:(\w+)<\/env:Value>/.exec(text)?.[1]
  return [...registry, ...details, ...(fault === undefined ? [] : [`fault ${fault}`])]
}

/** FindDocuments for one class of one patient. */
export function findDocuments(patient: string, classCode = '60591-5'): string {
  const [system = '', value = ''] = patient.split('|')
  const slot = (name: string, text: string) =>
    `<Slot name="${name}"><ValueList><Value>${text}</Value></ValueList></Slot>`
  return [
    '<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">',
    '<q:ResponseOption returnComposedObjects="true" returnType="LeafClass"/>',
    '<AdhocQuery id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d">',
    slot('$XDSDocumentEntryPatientId', `'${value}^^^&amp;${system.replace('urn:oid:', '')}&amp;ISO'`),
    slot('$XDSDocumentEntryStatus', "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"),
    slot('$XDSDocumentEntryClassCode', `('${classCode}^^2.16.840.1.113883.6.1')`),
    '</AdhocQuery></q:AdhocQueryRequest>',
  ].join('')
}

export function retrieveDocument(home: string, repository: string, document: string): string {
  return `<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"><DocumentRequest><HomeCommunityId>urn:oid:${home}</HomeCommunityId><RepositoryUniqueId>${repository}</RepositoryUniqueId><DocumentUniqueId>${document}</DocumentUniqueId></DocumentRequest></RetrieveDocumentSetRequest>`
}

/** PRPA_IN201305UV02 with one identifier. */
export function discover(patient: string, sender: string, receiver: string): string {
  const [system = '', value = ''] = patient.split('|')
  const device = (name: string, code: string, oid: string) =>
    `<${name} typeCode="${code}"><device classCode="DEV" determinerCode="INSTANCE"><id root="${oid}"/><asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE"><id root="${oid}"/></representedOrganization></asAgent></device></${name}>`
  return [
    `<PRPA_IN201305UV02 xmlns="${HL7}" ITSVersion="XML_1.0"><id root="${randomUUID()}" extension="1"/><creationTime value="20261127090000"/>`,
    '<interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201305UV02"/><processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>',
    device('receiver', 'RCV', receiver),
    device('sender', 'SND', sender),
    '<controlActProcess classCode="CACT" moodCode="EVN"><code code="PRPA_TE201305UV02"/><queryByParameter><queryId root="1.2.3"/><statusCode code="new"/><parameterList>',
    `<livingSubjectId><value root="${system.replace('urn:oid:', '')}" extension="${value}"/><semanticsText>LivingSubject.id</semanticsText></livingSubjectId>`,
    '</parameterList></queryByParameter></controlActProcess></PRPA_IN201305UV02>',
  ].join('')
}
