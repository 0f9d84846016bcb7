/** What the three assertions say, field by field (eHDSI SAML Profile), from the frame that `read-assertion.ts` reads. */
import { ok, type Result } from '#platform/result/result.ts'
import { attribute, elements } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import {
  type AssertionProfile,
  type AssertionPurpose,
  FACILITY_TYPES,
  type HcpStatement,
  type NextOfKinStatement,
  type TrcStatement,
} from './assertions.ts'
import { organisationFromUrn, patientFromCx } from './identifiers.ts'
import { ATTRIBUTES, FORMER_ATTRIBUTES, HL7, PERMISSION_PREFIX, PREVIOUS_SESSION, PURPOSE_SYSTEM } from './names.ts'
import { isStrongAuthentication } from './permissions.ts'
import { type AssertionProblemCode, refused } from './problems.ts'
import { type ReadAssertion, said } from './read-assertion.ts'
import { knownRoleName, ROLE_SYSTEM } from './roles.ts'

type AttributeName = keyof typeof ATTRIBUTES
type Professional = HcpStatement['professional']

export function readHcp(read: ReadAssertion, profile: AssertionProfile): Result<HcpStatement, AssertionProblemCode> {
  const attributes = new Attributes(read, profile)
  const repeated = attributes.repeated('permission')
  if (repeated !== undefined) return repeated
  const name = attributes.text('subjectId')
  if (name === undefined) return refused('assertion-subject', 'The assertion does not name the professional.')
  const role = readRole(attributes.coded('role', 'Role'), profile)
  if (role === undefined) return refused('assertion-role', 'The role of the professional is not one that is known.')
  const behalf = attributes.has('onBehalfOf') ? readOnBehalfOf(attributes, profile) : null
  if (behalf === undefined)
    return refused('assertion-role', 'The role on whose behalf is asked is not one that is known.')
  const facilityType = readFacilityType(attributes.text('facilityType'), profile)
  if (facilityType === undefined) {
    return refused('assertion-facility-type', 'The kind of institution is missing or is not one that is known.')
  }
  const pointOfCare = attributes.text('locality')
  if (pointOfCare === undefined) return refused('assertion-locality', 'The assertion does not name the point of care.')
  const purpose = readPurpose(attributes, profile)
  if (purpose === undefined) return refused('assertion-purpose', 'The purpose is missing or is not one that is known.')
  const permissions = readPermissions(attributes.texts('permission'), profile)
  if (permissions.length === 0) return refused('assertion-permissions', 'The assertion grants no permission.')
  // Enforced here although the reference implementation only checks it where the TRC assertion is made.
  if (!isStrongAuthentication(read.authnContext)) {
    return refused('assertion-authentication-weak', 'The professional did not sign in with two factors.')
  }
  const organisation = attributes.text('organisation')
  const organisationId = attributes.text('organisationId')
  const identifier = attributes.text('providerIdentifier')
  const home = attributes.text('homeCommunityId')
  const { assertionId, notBefore, notOnOrAfter, issuer, subject, authnContext } = read
  return ok({
    assertionId,
    notBefore,
    notOnOrAfter,
    issuer,
    subject,
    professional: {
      name,
      role,
      ...(behalf && { onBehalfOf: behalf }),
      ...readOrganisation(organisation, organisationId),
      facilityType,
      pointOfCare,
      ...(identifier !== undefined && { identifier }),
      permissions,
    },
    purpose,
    authnContext,
    ...(home !== undefined && { homeCommunityId: home.replace(/^urn:oid:/, '') }),
  })
}

export function readTrc(read: ReadAssertion, profile: AssertionProfile): Result<TrcStatement, AssertionProblemCode> {
  const attributes = new Attributes(read, profile)
  const repeated = attributes.repeated()
  if (repeated !== undefined) return repeated
  const patient = patientFromCx(attributes.text('subjectId') ?? '')
  if (patient === undefined)
    return refused('assertion-patient', 'The assertion does not name the patient in the form that is agreed.')
  const purpose = readPurpose(attributes, profile)
  if (purpose === undefined) return refused('assertion-purpose', 'The purpose is missing or is not one that is known.')
  const about = adviceOf(read)
  if (!about.ok) return about
  const dispensationPin = attributes.text('dispensationPin')
  const prescriptionId = attributes.text('prescriptionId')
  const { assertionId, notBefore, notOnOrAfter, issuer, subject } = read
  return ok({
    assertionId,
    notBefore,
    notOnOrAfter,
    issuer,
    hcpAssertionId: about.value,
    nameId: subject.nameId,
    patient,
    purpose,
    ...(dispensationPin !== undefined && { dispensationPin }),
    ...(prescriptionId !== undefined && { prescriptionId }),
  })
}

export function readNextOfKin(
  read: ReadAssertion,
  profile: AssertionProfile,
): Result<NextOfKinStatement, AssertionProblemCode> {
  const attributes = new Attributes(read, profile)
  const repeated = attributes.repeated('kinId')
  if (repeated !== undefined) return repeated
  const [family, given] = [attributes.text('kinFamily'), attributes.text('kinGiven')]
  if (family === undefined || given === undefined) {
    return refused('assertion-next-of-kin', 'The assertion does not name the relative.')
  }
  const birth = attributes.text('kinBirthDate')
  const birthDate = birth === undefined ? undefined : dateOf(birth)
  if (birth !== undefined && birthDate === undefined) {
    return refused('assertion-next-of-kin', 'The birth date of the relative cannot be read.')
  }
  const about = adviceOf(read)
  if (!about.ok) return about
  const gender = attributes.text('kinGender')
  const [street, city] = [attributes.text('kinStreet'), attributes.text('kinCity')]
  const [postalCode, country] = [attributes.text('kinPostalCode'), attributes.text('kinCountry')]
  const { assertionId, notBefore, notOnOrAfter, issuer } = read
  return ok({
    assertionId,
    notBefore,
    notOnOrAfter,
    issuer,
    hcpAssertionId: about.value,
    nextOfKin: {
      identifiers: attributes.texts('kinId').map((one) => patientFromCx(one) ?? one),
      family,
      given,
      ...(gender !== undefined && { gender }),
      ...(birthDate !== undefined && { birthDate }),
      ...(street !== undefined && { street }),
      ...(city !== undefined && { city }),
      ...(postalCode !== undefined && { postalCode }),
      ...(country !== undefined && { country }),
    },
  })
}

/** The one HCP assertion that an assertion made from it refers to, and no other way in. */
function adviceOf({ advice, authnContext }: ReadAssertion): Result<string, AssertionProblemCode> {
  const [only, another] = advice
  if (only === undefined || another !== undefined) {
    return refused(
      'assertion-belongs-to-another',
      'The assertion must refer to exactly one assertion about the professional.',
    )
  }
  if (authnContext !== PREVIOUS_SESSION) {
    return refused('assertion-authentication-weak', 'The assertion was not made in the session of the professional.')
  }
  return ok(only)
}

function readRole(role: XmlElement | undefined, profile: AssertionProfile): Professional['role'] | undefined {
  const code = attribute(role, 'code') ?? ''
  const known = knownRoleName(code)
  if (known === undefined || attribute(role, 'codeSystem') !== ROLE_SYSTEM.system) return undefined
  const display = attribute(role, 'displayName')
  if (display === undefined) return profile === 'openncp' ? { code, display: known } : undefined
  // Code and name must say the same: a name that does not fit is how a code is mistaken.
  return display.trim().toLowerCase() === known.toLowerCase() ? { code, display: known } : undefined
}

/** As a coded role; installations of OpenNCP also say the bare code. */
function readOnBehalfOf(attributes: Attributes, profile: AssertionProfile): Professional['role'] | undefined {
  const role = attributes.coded('onBehalfOf', 'Role')
  if (role !== undefined || profile === 'strict') return readRole(role, profile)
  const code = attributes.text('onBehalfOf') ?? ''
  const display = knownRoleName(code)
  return display === undefined ? undefined : { code, display }
}

function readFacilityType(
  value: string | undefined,
  profile: AssertionProfile,
): Professional['facilityType'] | undefined {
  if (profile === 'strict') return FACILITY_TYPES.find((type) => type === value)
  return FACILITY_TYPES.find((type) => type.toLowerCase() === value?.toLowerCase())
}

function readPurpose(attributes: Attributes, profile: AssertionProfile): AssertionPurpose | undefined {
  const element = attributes.coded('purposeOfUse', 'PurposeOfUse')
  const plain = profile === 'openncp' ? attributes.text('purposeOfUse') : undefined
  if (profile === 'strict' && attribute(element, 'codeSystem') !== PURPOSE_SYSTEM) return undefined
  const code = element === undefined ? plain : attribute(element, 'code')
  return code === 'TREATMENT' || code === 'EMERGENCY' ? code : undefined
}

/** Without their URN; what is no permission of the catalogue grants nothing. */
function readPermissions(values: readonly string[], profile: AssertionProfile): readonly string[] {
  const codes = values.flatMap((value) => {
    if (value.startsWith(PERMISSION_PREFIX)) return [value.slice(PERMISSION_PREFIX.length)]
    return profile === 'openncp' ? [value] : []
  })
  return [...new Set(codes.filter((code) => /^P[RP]D-\d{3}$/.test(code)))]
}

function readOrganisation(
  name: string | undefined,
  identifier: string | undefined,
): Pick<Professional, 'organisation'> {
  if (name === undefined && identifier === undefined) return {}
  return {
    organisation: {
      name: name ?? '',
      ...(identifier !== undefined && { identifier: organisationFromUrn(identifier) }),
    },
  }
}

/** ISO, as in HL7 messages, or day first as the reference implementation's own service takes it. */
function dateOf(written: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(written) ?? []
  const [, dayFirst, monthThen, yearLast] = /^(\d\d)-(\d\d)-(\d{4})$/.exec(written) ?? []
  const date = year === undefined ? `${yearLast}-${monthThen}-${dayFirst}` : `${year}-${month}-${day}`
  const time = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date) ? date : undefined
}

/** Attributes by the names of this program; the former names count in the profile of OpenNCP. */
class Attributes {
  readonly #held: ReadAssertion['attributes']
  readonly #profile: AssertionProfile

  constructor(read: ReadAssertion, profile: AssertionProfile) {
    this.#held = read.attributes
    this.#profile = profile
  }

  #values(name: AttributeName): readonly XmlElement[] {
    const former = this.#profile === 'openncp' ? FORMER_ATTRIBUTES[name] : undefined
    return this.#held.get(ATTRIBUTES[name]) ?? (former === undefined ? [] : (this.#held.get(former) ?? []))
  }

  /** An attribute that should say one thing and says several: readers would disagree about what it says. */
  repeated(...exceptions: readonly AttributeName[]) {
    const names = (Object.keys(ATTRIBUTES) as readonly AttributeName[]).filter((name) => !exceptions.includes(name))
    if (names.every((name) => this.#values(name).length <= 1)) return undefined
    return refused('assertion-attribute', 'An attribute of the assertion has more values than one.')
  }

  has(name: AttributeName): boolean {
    return this.#values(name).length > 0
  }

  texts(name: AttributeName): readonly string[] {
    return this.#values(name)
      .map(said)
      .filter((value) => value !== '')
  }

  text(name: AttributeName): string | undefined {
    return this.texts(name)[0]
  }

  /** The coded element of HL7 inside a value, when it is the only one. */
  coded(name: AttributeName, element: string): XmlElement | undefined {
    const [inside, another] = elements(this.#values(name)[0])
    return inside?.name === element && inside.namespace === HL7 && another === undefined ? inside : undefined
  }
}
