/** Assigned entities, authors, devices and organisations of CDA (§4.2.2) → PractitionerRole, Practitioner, Organization, Device. */
import type { Device, Organization, Practitioner, PractitionerRole } from 'fhir/r4'
import { child, words } from '#platform/xml/access.ts'
import { concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { addresses, contactPoints, humanNames, identifiers } from '../datatypes/identity.ts'
import { absent, nullFlavorExtension } from '../datatypes/nulls.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import { structural } from '../statement.ts'
import { EU_BASE, PARTICIPATION_TYPE } from '../tables/urls.ts'

/** Elements that hold the person or device in the role. */
const PERSONS = [
  'assignedPerson',
  'associatedPerson',
  'informationRecipient',
  'relatedPerson',
  'guardianPerson',
  'playingEntity',
]
const DEVICES = ['assignedAuthoringDevice', 'playingDevice']
const ORGANIZATIONS = [
  'representedOrganization',
  'representedCustodianOrganization',
  'scopingOrganization',
  'receivedOrganization',
  'serviceProviderOrganization',
  'wholeOrganization',
  'scopingEntity',
]
const ROLES = [
  'assignedAuthor',
  'assignedEntity',
  'associatedEntity',
  'intendedRecipient',
  'relatedEntity',
  'participantRole',
  'assignedCustodian',
]

/**
 * A participation (author, performer, legalAuthenticator, …) as reference to the resource of who took part; undefined
 * when it names nobody. What only the participation says (function, time) goes to the role.
 */
export function participant(at: Located, reading: Reading): string | undefined {
  const role = ROLES.map((name) => first(at, name)).find((found) => found !== undefined)
  const trace = newTrace(at.path)
  const typeCode = at.element.attributes.find(({ name }) => name === 'typeCode')?.value
  if (typeCode !== undefined) trace.codes.push({ system: PARTICIPATION_TYPE, code: typeCode })
  structural(trace, child(at.element, 'functionCode'), reading)
  structural(trace, child(at.element, 'signatureCode'), reading)
  for (const part of every(at)) {
    if (part.element === role?.element || ['functionCode', 'signatureCode', 'templateId'].includes(part.element.name))
      continue
    const extra = detail(part.element, reading)
    if (extra !== undefined) trace.details.push(extra)
  }
  if (role === undefined) return trace.details.length > 0 ? bareRole(reading, trace) : undefined
  return roleOf(role, reading, trace)
}

function bareRole(reading: Reading, trace: Trace): string {
  return addResource(reading, { resourceType: 'PractitionerRole' }, trace)
}

const ROLE_FIELDS = new Set(['id', 'code', 'addr', 'telecom', 'templateId', ...PERSONS, ...DEVICES, ...ORGANIZATIONS])

/** A role with its person or device and its organisation. */
export function roleOf(at: Located, reading: Reading, trace: Trace = newTrace(at.path)): string {
  const inner = nestedRole(at)
  for (const part of every(at)) {
    if (ROLE_FIELDS.has(part.element.name) || part.element === inner?.element) continue
    const extra = detail(part.element, reading)
    if (extra !== undefined) trace.details.push(extra)
  }
  const classCode = at.element.attributes.find(({ name }) => name === 'classCode')?.value
  if (classCode !== undefined && classCode !== 'ASSIGNED') {
    trace.codes.push({ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: classCode })
  }
  const organization = one(at, inner, ORGANIZATIONS)
  const held = organization === undefined ? undefined : readOrganization(organization, reading)
  const device = one(at, inner, DEVICES)
  if (device !== undefined) return readDevice(at, device, held, reading, trace)
  const person = one(at, inner, PERSONS)
  const role: PractitionerRole = {
    resourceType: 'PractitionerRole',
    meta: { profile: [`${EU_BASE}practitionerRole-eu`] },
    extension: nullFlavorExtension(at.element),
    identifier: person === undefined ? identifiers(at.element, reading) : [],
    code: [concept(child(at.element, 'code'), reading)].flatMap((code) => code ?? []),
    telecom: contactPoints(at.element),
  }
  if (person === undefined && held !== undefined) role.organization = { reference: held }
  if (person !== undefined) role.practitioner = { reference: readPerson(at, person, reading) }
  if (held !== undefined) role.organization = { reference: held }
  if (person === undefined && each(at, 'addr').length > 0) {
    for (const addr of each(at, 'addr'))
      trace.details.push(...[detail(addr.element, reading)].flatMap((found) => found ?? []))
  }
  return addResource(reading, role, trace)
}

/** Some documents put an assignedEntity inside the assignedAuthor. */
function nestedRole(at: Located): Located | undefined {
  return first(at, 'assignedEntity')
}

function one(at: Located, inner: Located | undefined, names: readonly string[]): Located | undefined {
  for (const owner of [at, inner]) {
    for (const name of names) {
      const found = first(owner, name)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function readPerson(role: Located, person: Located, reading: Reading): string {
  const inner = nestedRole(role)
  const trace = newTrace(person.path)
  const names = humanNames(person.element)
  const practitioner: Practitioner = {
    resourceType: 'Practitioner',
    extension: nullFlavorExtension(person.element),
    identifier: [
      ...identifiers(role.element, reading),
      ...identifiers(inner?.element, reading),
      ...identifiers(person.element, reading),
    ],
    name: names.length > 0 ? names : [{ extension: absent(child(person.element, 'name')) }],
    address: [...addresses(role.element), ...addresses(inner?.element)],
    telecom: contactPoints(inner?.element),
  }
  for (const part of every(person)) {
    if (part.element.name === 'name' || part.element.name === 'id') continue
    const extra = detail(part.element, reading)
    if (extra !== undefined) trace.details.push(extra)
  }
  return addResource(reading, practitioner, trace)
}

const ORGANIZATION_FIELDS = new Set(['id', 'name', 'telecom', 'addr', 'asOrganizationPartOf', 'templateId'])

export function readOrganization(at: Located, reading: Reading): string {
  const [name, ...alias] = each(at, 'name')
    .map(({ element }) => words(element))
    .filter((text) => text !== '')
  const trace = newTrace(at.path)
  const partOf = first(at, 'asOrganizationPartOf', 'wholeOrganization')
  for (const part of every(at)) {
    if (ORGANIZATION_FIELDS.has(part.element.name) && (part.element.name !== 'asOrganizationPartOf' || partOf)) continue
    const extra = detail(part.element, reading)
    if (extra !== undefined) trace.details.push(extra)
  }
  const organization: Organization = {
    resourceType: 'Organization',
    extension: nullFlavorExtension(at.element),
    identifier: identifiers(at.element, reading),
    name,
    alias,
    telecom: contactPoints(at.element).map(notAtHome),
    address: addresses(at.element).map(notAtHome),
  }
  if (name === undefined) organization._name = { extension: absent(child(at.element, 'name')) }
  if (partOf !== undefined) organization.partOf = { reference: readOrganization(partOf, reading) }
  return addResource(reading, organization, trace)
}

/** Some sources mark an organisation's address as a home, which FHIR refuses (org-2, org-3). */
function notAtHome<T extends { use?: string }>(place: T): T {
  return place.use === 'home' ? { ...place, use: undefined } : place
}

function readDevice(role: Located, at: Located, owner: string | undefined, reading: Reading, trace: Trace): string {
  const names = ['manufacturerModelName', 'softwareName'] as const
  const device: Device = {
    resourceType: 'Device',
    identifier: identifiers(role.element, reading),
    type: concept(child(at.element, 'code'), reading),
    deviceName: names.flatMap((name) => {
      const text = words(child(at.element, name))
      return text === ''
        ? []
        : [{ name: text, type: name === 'softwareName' ? 'user-friendly-name' : 'model-name' } as const]
    }),
    contact: contactPoints(role.element),
  }
  if (owner !== undefined) device.owner = { reference: owner }
  for (const addr of each(role, 'addr'))
    trace.details.push(...[detail(addr.element, reading)].flatMap((found) => found ?? []))
  const code = concept(child(role.element, 'code'), reading)
  if (code !== undefined) trace.details.push({ url: 'code', valueCodeableConcept: code })
  for (const part of every(at)) {
    if (part.element.name === 'code' || names.some((name) => name === part.element.name)) {
      if (part.element.name === 'code' || words(part.element) !== '') continue
    }
    const extra = detail(part.element, reading)
    if (extra !== undefined) trace.details.push(extra)
  }
  return addResource(reading, device, trace)
}
