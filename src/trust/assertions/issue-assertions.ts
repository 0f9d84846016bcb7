/** Writes assertions as the reference implementation writes them, and signs them. */
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import { signEnveloped } from '../signature/sign-enveloped.ts'
import type { HcpStatement, NextOfKinStatement, SealSigner, TrcStatement } from './assertions.ts'
import { organisationToUrn, patientToCx } from './identifiers.ts'
import {
  type AssertionKind,
  ATTRIBUTES,
  AUDIENCE,
  HL7,
  PERMISSION_PREFIX,
  PREVIOUS_SESSION,
  PURPOSE_SYSTEM,
  QUALIFIERS,
  SAML,
  SENDER_VOUCHES,
  UNSPECIFIED_NAME,
  URI_NAME_FORMAT,
} from './names.ts'
import { ROLE_SYSTEM } from './roles.ts'

/** The signed HCP assertion, as text for the `wsse:Security` header. */
export function issueHcpAssertion(statement: HcpStatement, signer: SealSigner): string {
  const { professional, subject } = statement
  const { organisation } = professional
  const attributes = [
    ...text('HCI Identifier', 'homeCommunityId', statement.homeCommunityId && `urn:oid:${statement.homeCommunityId}`),
    ...text('NPI Identifier', 'providerIdentifier', professional.identifier),
    ...text('XSPA Subject', 'subjectId', professional.name),
    attribute('XSPA Role', 'role', [role(professional.role)]),
    ...text('XSPA Organization', 'organisation', organisation?.name),
    ...text(
      'XSPA Organization ID',
      'organisationId',
      organisation?.identifier && organisationToUrn(organisation.identifier),
    ),
    ...text('eHealth DSI Healthcare Facility Type', 'facilityType', professional.facilityType),
    purpose(statement.purpose),
    ...text('XSPA Locality', 'locality', professional.pointOfCare),
    ...(professional.onBehalfOf ? [attribute('OnBehalfOf', 'onBehalfOf', [role(professional.onBehalfOf)])] : []),
    ...text('Hl7 Permissions', 'permission', ...professional.permissions.map((one) => `${PERMISSION_PREFIX}${one}`)),
  ]
  return signed('hcp', statement, { ...subject }, '', statement.authnContext, attributes, signer)
}

/** The signed TRC assertion: this professional treats this patient. */
export function issueTrcAssertion(statement: TrcStatement, signer: SealSigner): string {
  const patient = patientToCx(statement.patient)
  if (patient === undefined) throw new TypeError('The identifier of the patient is not of a system with an OID.')
  const attributes = [
    ...text('XSPA Subject', 'subjectId', patient),
    purpose(statement.purpose),
    ...text('Dispensation Pin Code', 'dispensationPin', statement.dispensationPin),
    ...text('Prescription ID', 'prescriptionId', statement.prescriptionId),
  ]
  const subject = { nameId: statement.nameId, format: UNSPECIFIED_NAME }
  return signed('trc', statement, subject, statement.hcpAssertionId, PREVIOUS_SESSION, attributes, signer)
}

/** The signed next-of-kin assertion: a relative identified for the patient. */
export function issueNextOfKinAssertion(statement: NextOfKinStatement, signer: SealSigner): string {
  const { nextOfKin: kin } = statement
  const attributes = [
    ...text('NextOfKinId', 'kinId', ...kin.identifiers.map((one) => patientToCx(one) ?? one)),
    ...text('NextOfKinFirstName', 'kinGiven', kin.given),
    ...text('NextOfKinFamilyName', 'kinFamily', kin.family),
    ...text('NextOfKinGender', 'kinGender', kin.gender),
    ...text('NextOfKinBirthDate', 'kinBirthDate', kin.birthDate),
    ...text('NextOfKinAddressStreet', 'kinStreet', kin.street),
    ...text('NextOfKinAddressCity', 'kinCity', kin.city),
    ...text('NextOfKinAddressPostalCode', 'kinPostalCode', kin.postalCode),
    ...text('NextOfKinAddressCountry', 'kinCountry', kin.country),
  ]
  const subject = { nameId: `${kin.given} ${kin.family}`, format: UNSPECIFIED_NAME }
  return signed('nextOfKin', statement, subject, statement.hcpAssertionId, PREVIOUS_SESSION, attributes, signer)
}

interface Frame {
  readonly assertionId: string
  readonly notBefore: string
  readonly notOnOrAfter: string
  readonly issuer: string
}

/** `xs` is used in values only (`xsi:type="xs:string"`), so its declaration is signed too. */
function signed(
  kind: AssertionKind,
  { assertionId, notBefore, notOnOrAfter, issuer }: Frame,
  subject: HcpStatement['subject'],
  advice: string,
  authnContext: string,
  attributes: readonly string[],
  signer: SealSigner,
): string {
  const alias = subject.alias === undefined ? '' : ` SPProvidedID="${escapeAttribute(printable(subject.alias))}"`
  const xml =
    `<saml2:Assertion xmlns:saml2="${SAML}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"` +
    ` ID="${escapeAttribute(assertionId)}" IssueInstant="${notBefore}" Version="2.0">` +
    `<saml2:Issuer NameQualifier="${QUALIFIERS[kind]}">${escapeText(printable(issuer))}</saml2:Issuer>` +
    `<saml2:Subject><saml2:NameID Format="${escapeAttribute(subject.format)}"${alias}>${escapeText(printable(subject.nameId))}</saml2:NameID>` +
    `<saml2:SubjectConfirmation Method="${SENDER_VOUCHES}"/></saml2:Subject>` +
    `<saml2:Conditions NotBefore="${notBefore}" NotOnOrAfter="${notOnOrAfter}"><saml2:AudienceRestriction>` +
    `<saml2:Audience>${AUDIENCE}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
    (advice && `<saml2:Advice><saml2:AssertionIDRef>${escapeText(advice)}</saml2:AssertionIDRef></saml2:Advice>`) +
    `<saml2:AuthnStatement AuthnInstant="${notBefore}"><saml2:AuthnContext>` +
    `<saml2:AuthnContextClassRef>${escapeText(authnContext)}</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
    `<saml2:AttributeStatement>${attributes.join('')}</saml2:AttributeStatement></saml2:Assertion>`
  return signEnveloped(xml, assertionId, signer, { after: 'Issuer', prefixes: ['xs'] })
}

type AttributeName = keyof typeof ATTRIBUTES

function attribute(friendly: string, name: AttributeName, values: readonly string[]): string {
  return `<saml2:Attribute FriendlyName="${friendly}" Name="${ATTRIBUTES[name]}" NameFormat="${URI_NAME_FORMAT}">${values.join('')}</saml2:Attribute>`
}

/** An attribute of strings; none when there is nothing to say. */
function text(friendly: string, name: AttributeName, ...values: readonly (string | undefined)[]): readonly string[] {
  const said = values
    .filter((value) => value !== undefined && value.trim() !== '')
    .map((value) => printable(value ?? ''))
  const written = said.map(
    (value) => `<saml2:AttributeValue xsi:type="xs:string">${escapeText(value)}</saml2:AttributeValue>`,
  )
  return written.length === 0 ? [] : [attribute(friendly, name, written)]
}

/** Without a prefix: the reference implementation looks for `Role` and `PurposeOfUse` by these very names. */
function coded(element: string, code: string, system: string, systemName: string, display: string): string {
  return (
    `<saml2:AttributeValue><${element} xmlns="${HL7}" code="${escapeAttribute(code)}" codeSystem="${system}"` +
    ` codeSystemName="${systemName}" displayName="${escapeAttribute(display)}"/></saml2:AttributeValue>`
  )
}

function role({ code, display }: { readonly code: string; readonly display: string }): string {
  return coded('Role', code, ROLE_SYSTEM.system, ROLE_SYSTEM.systemName, display)
}

function purpose(code: string): string {
  return attribute('XSPA Purpose Of Use', 'purposeOfUse', [
    coded('PurposeOfUse', code, PURPOSE_SYSTEM, 'eHDSI XSPA PurposeOfUse', code),
  ])
}

/** Characters that no XML may hold become spaces: a name with one must not stop the exchange. */
function printable(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  return value.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, ' ')
}
