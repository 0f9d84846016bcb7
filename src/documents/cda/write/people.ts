/** PractitionerRole, Practitioner, Organization, Device, RelatedPerson → authors, performers and other participations (CDA R2 §4.2.2). */
import type {
  Address,
  CodeableConcept,
  ContactPoint,
  Device,
  HumanName,
  Identifier,
  Organization,
  PractitionerRole,
  Reference,
  Resource,
} from 'fhir/r4'
import { code } from './datatypes/code.ts'
import { contactOf, ids, personName } from './datatypes/identity.ts'
import { nullFlavorIn } from './datatypes/nulls.ts'
import { time } from './datatypes/time.ts'
import { detailPieces } from './detail.ts'
import { type Attributes, assemble, element, escaped, type Piece } from './element.ts'
import { rulesOf } from './schema/classes.ts'
import { sourceOf } from './source.ts'
import { extensionsOf, isA, resolve, type Writing } from './writing.ts'

/** How a role of CDA names who plays it and for whom. */
interface RoleParts {
  readonly className: string
  readonly person: string
  readonly organization?: string
  readonly device?: string
}

const ROLE_PARTS: Readonly<Record<string, RoleParts>> = {
  assignedAuthor: {
    className: 'AssignedAuthor',
    person: 'assignedPerson',
    organization: 'representedOrganization',
    device: 'assignedAuthoringDevice',
  },
  assignedEntity: { className: 'AssignedEntity', person: 'assignedPerson', organization: 'representedOrganization' },
  associatedEntity: { className: 'AssociatedEntity', person: 'associatedPerson', organization: 'scopingOrganization' },
  intendedRecipient: {
    className: 'IntendedRecipient',
    person: 'informationRecipient',
    organization: 'receivedOrganization',
  },
  relatedEntity: { className: 'RelatedEntity', person: 'relatedPerson' },
}

/** Who takes part, gathered from the resources that a reference leads to. */
export interface Party {
  readonly resources: readonly Resource[]
  readonly identifiers: readonly Identifier[]
  readonly codes: readonly CodeableConcept[]
  readonly names: readonly HumanName[]
  readonly addresses: readonly Address[]
  readonly telecoms: readonly ContactPoint[]
  readonly organization?: Organization
  readonly device?: Device
  readonly isPerson: boolean
  readonly nullFlavor?: string
}

export function partyOf(resource: Resource | undefined, writing: Writing): Party | undefined {
  if (isA(resource, 'PractitionerRole')) return partyOfRole(resource, writing)
  if (isA(resource, 'Practitioner') || isA(resource, 'RelatedPerson') || isA(resource, 'Patient'))
    return partyOfPerson(resource)
  if (isA(resource, 'Organization')) return { ...NOBODY, resources: [resource], organization: resource }
  return isA(resource, 'Device') ? partyOfDevice(resource, writing) : undefined
}

const NOBODY: Party = {
  resources: [],
  identifiers: [],
  codes: [],
  names: [],
  addresses: [],
  telecoms: [],
  isPerson: false,
}

function partyOfRole(role: PractitionerRole, writing: Writing): Party {
  const person = resolve(role.practitioner, writing, role)
  const organization = resolve(role.organization, writing, role)
  const held = isA(person, 'Practitioner') ? partyOfPerson(person) : NOBODY
  const flavor = nullFlavorIn({ extension: extensionsOf(role) })
  return {
    ...held,
    resources: [role, ...held.resources, ...(isA(organization, 'Organization') ? [organization] : [])],
    identifiers: [...held.identifiers, ...(role.identifier ?? [])],
    codes: [...(role.code ?? []), ...(role.specialty ?? []), ...held.codes],
    telecoms: [...(role.telecom ?? []), ...held.telecoms],
    ...(isA(organization, 'Organization') ? { organization } : {}),
    ...(flavor === undefined ? {} : { nullFlavor: flavor }),
  }
}

/** What the resources about persons have in common. */
interface PersonFields {
  readonly resourceType: string
  readonly identifier?: Identifier[]
  readonly relationship?: CodeableConcept[]
  readonly name?: HumanName[]
  readonly address?: Address[]
  readonly telecom?: ContactPoint[]
}

/** The patient's own facts stand in the header: they are not gathered a second time. */
function partyOfPerson(person: Resource & PersonFields): Party {
  return {
    ...NOBODY,
    resources: person.resourceType === 'Patient' ? [] : [person],
    identifiers: person.identifier ?? [],
    codes: person.relationship ?? [],
    names: person.name ?? [],
    addresses: person.address ?? [],
    telecoms: person.telecom ?? [],
    isPerson: true,
  }
}

function partyOfDevice(device: Device, writing: Writing): Party {
  const owner = resolve(device.owner, writing, device)
  return {
    ...NOBODY,
    resources: [device, ...(isA(owner, 'Organization') ? [owner] : [])],
    identifiers: device.identifier ?? [],
    telecoms: device.contact ?? [],
    device,
    ...(isA(owner, 'Organization') ? { organization: owner } : {}),
  }
}

/** Somebody whom the bundle only names: by words, by an identifier, or by both. */
function strangerOf(reference: Reference | undefined): Party | undefined {
  const { display, identifier } = reference ?? {}
  if (display === undefined && identifier === undefined) return undefined
  return {
    ...NOBODY,
    identifiers: identifier === undefined ? [] : [identifier],
    names: display === undefined ? [] : [{ text: display }],
    isPerson: display !== undefined,
  }
}

export interface ParticipationOptions {
  /** When the participation took place, if the role does not say. */
  readonly time?: string | undefined
  readonly attributes?: Attributes
  /** Pieces of the participation itself, e.g. `signatureCode`. */
  readonly pieces?: readonly Piece[]
  /** The role that the participation has, where the schema lets it choose. */
  readonly role?: string
}

/**
 * A participation of a class (Author, Performer2, LegalAuthenticator, …). `folded` gets the resources whose facts it
 * now holds, so that whoever writes around it can see whether all of them found a place.
 */
export function participation(
  className: string,
  name: string,
  reference: Reference | undefined,
  writing: Writing,
  folded: Resource[],
  options: ParticipationOptions = {},
): Piece | undefined {
  const resource = resolve(reference, writing)
  const party = partyOf(resource, writing) ?? strangerOf(reference)
  if (party === undefined) return undefined
  folded.push(...party.resources)
  const roleName = options.role ?? roleIn(className)
  const source = sourceOf(resource)
  const role = roleOf(roleName, party, writing, folded)
  const own = source.others.filter(({ code: one }) => one !== 'S')
  const functionCode = code('functionCode', { coding: own }, writing, { type: 'CE' })
  return assemble(className, name, { typeCode: source.typeCode, ...options.attributes }, [
    ...(options.pieces ?? []),
    functionCode,
    ...detailPieces(className, source.details, writing),
    time('time', options.time),
    role,
  ])
}

function roleIn(className: string): string {
  return rulesOf(className)?.find(({ name }) => name in ROLE_PARTS)?.name ?? 'assignedEntity'
}

/** The role itself: who, with which identifiers, where, for which organisation. */
export function roleOf(roleName: string, party: Party, writing: Writing, folded: Resource[]): Piece {
  const parts = ROLE_PARTS[roleName] ?? { className: 'AssignedEntity', person: 'assignedPerson' }
  const { className } = parts
  const details = party.resources.flatMap((resource) =>
    isA(resource, 'Organization') ? [] : sourceOf(resource).details,
  )
  const source = sourceOf(party.resources[0])
  return assemble(className, roleName, { nullFlavor: party.nullFlavor, classCode: source.classCode }, [
    ...ids(party.identifiers, writing),
    code('code', party.codes[0], writing, { type: 'CE' }),
    ...contactOf({ address: party.addresses, telecom: party.telecoms }),
    party.isPerson ? personOf(parts.person, party, writing) : undefined,
    party.device && parts.device ? deviceOf(parts.device, party.device, writing) : undefined,
    party.organization && parts.organization
      ? organization('Organization', parts.organization, party.organization, writing, folded)
      : undefined,
    ...detailPieces(className, details, writing),
  ])
}

function personOf(name: string, party: Party, writing: Writing): Piece {
  const person = party.resources.find((resource) => isA(resource, 'Practitioner'))
  const flavor = nullFlavorIn({ extension: extensionsOf(person) })
  return assemble('Person', name, { nullFlavor: flavor }, [
    ...party.names.map((held) => personName(held)),
    ...detailPieces('Person', sourceOf(person).details, writing),
  ])
}

/** A device or software that wrote something. */
function deviceOf(name: string, device: Device, writing: Writing): Piece {
  const names = device.deviceName ?? []
  const called = (...types: readonly string[]): string | undefined =>
    names.find(({ type }) => types.includes(type))?.name
  const model = called('model-name', 'manufacturer-name') ?? device.modelNumber
  const software = called('user-friendly-name', 'patient-reported-name', 'udi-label-name', 'other')
  return assemble('AuthoringDevice', name, {}, [
    code('code', device.type, writing, { type: 'CE' }),
    text('manufacturerModelName', model),
    text('softwareName', software),
    ...detailPieces('AuthoringDevice', sourceOf(device).details, writing),
  ])
}

export function text(name: string, words: string | undefined): Piece | undefined {
  return words === undefined || words === '' ? undefined : element(name, {}, escaped(words))
}

/** An organisation, with the one it is part of. */
export function organization(
  className: 'Organization' | 'CustodianOrganization',
  name: string,
  held: Organization,
  writing: Writing,
  folded: Resource[],
): Piece {
  if (!folded.includes(held)) folded.push(held)
  const { details } = sourceOf(held)
  return assemble(className, name, { nullFlavor: nullFlavorIn(held) }, [
    ...ids(held.identifier, writing),
    ...[held.name, ...(held.alias ?? [])].map((words) => text('name', words ?? undefined)),
    held.name === undefined && nullFlavorIn(held._name)
      ? element('name', { nullFlavor: nullFlavorIn(held._name) })
      : undefined,
    ...contactOf(held),
    ...detailPieces(className, details, writing),
    className === 'Organization' ? partOf(held, writing, folded) : undefined,
  ])
}

function partOf(held: Organization, writing: Writing, folded: Resource[]): Piece | undefined {
  const whole = resolve(held.partOf, writing, held)
  if (!isA(whole, 'Organization') || writing.open.has(whole)) return undefined
  writing.open.add(held)
  const inner = organization('Organization', 'wholeOrganization', whole, writing, folded)
  writing.open.delete(held)
  return assemble('OrganizationPartOf', 'asOrganizationPartOf', {}, [inner])
}
