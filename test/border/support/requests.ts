/** One request for each transaction about a patient of Portugal, so that the same attack is tried at every door. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Asker, Border, Reply } from './border.ts'
import { discover, envelope, findDocuments, posted, retrieveDocument, type Transaction } from './soap.ts'

export const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
/** Maria João Ferreira: a summary, prescriptions, a laboratory report. */
export const FERREIRA = `${UTENTE}|298123456`
/** Opted out of everything; has a summary. */
export const TAVARES = `${UTENTE}|284556731`
/** Known, without any document. */
export const BEATRIZ = `${UTENTE}|301447802`
export const NOBODY = `${UTENTE}|999999999`

export const EVERY_TRANSACTION: readonly Transaction[] = ['ITI-55', 'ITI-38', 'ITI-39', 'ITI-41']

/** A dispensation that could never be taken: no prescription of that name. */
export function submit(
  patient: string,
  document = '<ClinicalDocument xmlns="urn:hl7-org:v3"/>',
  submission = '1.2.3.4',
): string {
  const [system = '', value = ''] = patient.split('|')
  const cx = `${value}^^^&amp;${system.replace('urn:oid:', '')}&amp;ISO`
  const classified = (scheme: string, code: string, codes: string) =>
    `<Classification classificationScheme="urn:uuid:${scheme}" classifiedObject="D" id="c-${scheme}" nodeRepresentation="${code}"><Slot name="codingScheme"><ValueList><Value>${codes}</Value></ValueList></Slot><Name><LocalizedString value="x"/></Name></Classification>`
  const identifier = (scheme: string, object: string, text: string) =>
    `<ExternalIdentifier id="i-${scheme}" identificationScheme="urn:uuid:${scheme}" registryObject="${object}" value="${text}"><Name><LocalizedString value="x"/></Name></ExternalIdentifier>`
  return [
    '<x:ProvideAndRegisterDocumentSetRequest xmlns:x="urn:ihe:iti:xds-b:2007"><l:SubmitObjectsRequest xmlns:l="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><RegistryObjectList>',
    '<ExtrinsicObject id="D" mimeType="text/xml" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">',
    classified('41a5887f-8865-4c09-adf7-e362475b143a', '60593-1', '2.16.840.1.113883.6.1'),
    classified('a09d5840-386c-46f2-b5ad-9c3699a4309d', 'urn:epSOS:ep:dis:2010', 'eHDSI formatCodes'),
    identifier('58a6f841-87b3-4a3e-92fd-a8ffeff98427', 'D', cx),
    identifier('2e82c1f6-a085-4c72-9da3-8640a32e42ab', 'D', submission),
    '</ExtrinsicObject><RegistryPackage id="S"><Slot name="submissionTime"><ValueList><Value>20261127090000</Value></ValueList></Slot>',
    identifier('96fdda7c-d067-4183-912e-bf5ee74998a8', 'S', submission),
    identifier('6b5aea1a-874d-4603-a4bc-96a0a7b38446', 'S', cx),
    identifier('554ac39e-e3fe-47fe-b233-965d2a147832', 'S', '1.2.3'),
    '</RegistryPackage></RegistryObjectList></l:SubmitObjectsRequest>',
    `<x:Document id="D">${Buffer.from(document).toString('base64')}</x:Document></x:ProvideAndRegisterDocumentSetRequest>`,
  ].join('')
}

/** What is asked about a patient in each transaction. */
export function bodyFor(border: Border, asker: Asker, transaction: Transaction, patient = FERREIRA): string {
  const home = border.homeCommunityId('PT')
  switch (transaction) {
    case 'ITI-55':
      return discover(patient, asker.homeCommunityId, home)
    case 'ITI-38':
      return findDocuments(patient)
    case 'ITI-39':
      return retrieveDocument(home, `${home}.2`, '2.25.1')
    case 'ITI-41':
      return submit(patient)
  }
}

/** Asks Portugal over the asker's certificate, with these assertions in the header. */
export function askPortugal(
  border: Border,
  asker: Asker,
  transaction: Transaction,
  assertions: readonly string[],
  patient = FERREIRA,
): Promise<Reply> {
  const text = envelope(transaction, bodyFor(border, asker, transaction, patient), assertions)
  return border.send('PT', asker, posted(transaction, text))
}

/** The opaque name under which this asker is given the first document of a patient. */
export async function listedName(
  border: Border,
  asker: Asker,
  assertions: readonly string[],
  patient = FERREIRA,
): Promise<string> {
  const { text } = await askPortugal(border, asker, 'ITI-38', assertions, patient)
  const name = /identificationScheme="urn:uuid:2e82c1f6[^>]* value="([^"]*)"/.exec(text)?.[1]
  if (name === undefined) throw new Error('Nothing was listed.')
  return name
}

export function demonstrationFile(...path: readonly string[]): string {
  return readFileSync(join(import.meta.dirname, '..', '..', '..', 'data', 'demo', ...path), 'utf8')
}
