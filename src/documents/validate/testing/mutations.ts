/**
 * Ways to make a valid patient summary invalid. Each says by which rule the result is invalid; each applies only where
 * that rule is certain, and answers undefined elsewhere.
 */
import { isLoose, type Loose, looseItems, placesOf, resourcesOf } from './places.ts'
import type { Random } from './random.ts'

/** The rule that the mutant breaks, and where. */
export interface Broken {
  readonly rule: string
  readonly place: string
}

export interface Mutation {
  readonly kind: string
  apply(root: Loose, random: Random): Broken | undefined
}

/** LOINC codes of the sections required by IPS 2.0 and, further, by EPS 1.0. */
const IPS_SECTIONS = ['11450-4', '48765-2', '10160-0']
const EPS_SECTIONS = [...IPS_SECTIONS, '47519-4', '46264-8']

function claims(resource: Loose | undefined, part: string): boolean {
  const meta = resource?.meta
  return (
    isLoose(meta) && Array.isArray(meta.profile) && meta.profile.some((url) => String(url).toLowerCase().includes(part))
  )
}

function isEps(root: Loose): boolean {
  return claims(root, 'hl7.eu/fhir/eps')
}

function claimsPatientSummary(root: Loose): boolean {
  return isEps(root) || claims(root, 'uv/ips/structuredefinition/bundle-uv-ips')
}

function codesOf(section: Loose): readonly string[] {
  return isLoose(section.code) ? looseItems(section.code.coding).map((coding) => String(coding.code)) : []
}

function requiredSections(root: Loose): readonly { composition: Loose; section: Loose; code: string }[] {
  if (!claimsPatientSummary(root)) return []
  const wanted = isEps(root) ? EPS_SECTIONS : IPS_SECTIONS
  return resourcesOf(root, 'Composition').flatMap((composition) => {
    const sections = looseItems(composition.section)
    return wanted.flatMap((code) => {
      const own = sections.filter((section) => codesOf(section).includes(code))
      const [section] = own
      return own.length === 1 && section ? [{ composition, section, code }] : []
    })
  })
}

/** Elements that R4 itself requires. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Bundle: ['type'],
  Composition: ['status', 'type', 'date', 'author', 'title'],
  AllergyIntolerance: ['patient'],
  Condition: ['subject'],
  MedicationStatement: ['status', 'subject', 'medicationReference', 'medicationCodeableConcept'],
  MedicationRequest: ['status', 'intent', 'subject', 'medicationReference', 'medicationCodeableConcept'],
  Observation: ['status', 'code'],
  Immunization: ['status', 'vaccineCode', 'patient', 'occurrenceDateTime', 'occurrenceString'],
  Procedure: ['status', 'subject'],
  DiagnosticReport: ['status', 'code'],
  DeviceUseStatement: ['status', 'subject', 'device'],
}

/** Elements that the IPS profiles require beyond R4. */
const REQUIRED_BY_IPS: Readonly<Record<string, readonly string[]>> = {
  Bundle: ['identifier', 'timestamp'],
  Patient: ['name', 'birthDate'],
  AllergyIntolerance: ['code'],
  Condition: ['code'],
  Composition: ['subject'],
}

const BOUND: Readonly<Record<string, readonly string[]>> = {
  Composition: ['status'],
  Patient: ['gender'],
  Observation: ['status'],
  Immunization: ['status'],
  Procedure: ['status'],
  MedicationStatement: ['status'],
  MedicationRequest: ['status', 'intent'],
  DiagnosticReport: ['status'],
  AllergyIntolerance: ['type', 'criticality'],
  Bundle: ['type'],
}

const DATES = new Set([
  'birthDate',
  'date',
  'onsetDateTime',
  'effectiveDateTime',
  'occurrenceDateTime',
  'performedDateTime',
  'recordedDate',
  'issued',
  'timestamp',
  'lastUpdated',
  'authoredOn',
  'abatementDateTime',
])
const BAD_DATES = [
  '2020-13-01',
  '2021-02-30',
  '14.03.2020',
  '2020-1-1',
  '2020-03-14T10:00',
  '2020-03-14T25:00:00Z',
  '',
  'unknown',
]

const dropSection: Mutation = {
  kind: 'dropped required section',
  apply(root, random) {
    const chosen = random.pick(requiredSections(root))
    if (!chosen) return undefined
    chosen.composition.section = looseItems(chosen.composition.section).filter((section) => section !== chosen.section)
    return { rule: `section ${chosen.code} is required`, place: 'Composition.section' }
  },
}

const breakDiscriminator: Mutation = {
  kind: 'broken slice discriminator',
  apply(root, random) {
    const chosen = random.pick(requiredSections(root))
    if (!chosen || !isLoose(chosen.section.code)) return undefined
    const wrong = random.pick([
      { system: 'http://loinc.org', code: '99999-9' },
      { system: 'http://example.org/sections', code: chosen.code },
      { code: chosen.code },
    ])
    chosen.section.code = { coding: [wrong] }
    return { rule: `section ${chosen.code} is recognised by its code`, place: 'Composition.section' }
  },
}

function dropFrom(
  kind: string,
  table: Readonly<Record<string, readonly string[]>>,
  applies: (resource: Loose) => boolean,
): Mutation {
  return {
    kind,
    apply(root, random) {
      const owners = [root, ...resourcesOf(root)].filter(applies)
      const chosen = random.pick(
        owners.flatMap((resource) =>
          (table[String(resource.resourceType)] ?? []).flatMap((key) =>
            resource[key] === undefined ? [] : [{ resource, key }],
          ),
        ),
      )
      if (!chosen) return undefined
      delete chosen.resource[chosen.key]
      delete chosen.resource[`_${chosen.key}`]
      return { rule: `${chosen.key} is required`, place: `${String(chosen.resource.resourceType)}.${chosen.key}` }
    },
  }
}

const wrongFixed: Mutation = {
  kind: 'wrong fixed or pattern value',
  apply(root, random) {
    if (!claimsPatientSummary(root)) return undefined
    const [composition] = resourcesOf(root, 'Composition')
    const changes: (() => Broken)[] = []
    // EPS 1.0 does not fix the type of its bundle.
    if (!isEps(root))
      changes.push(() => {
        root.type = 'collection'
        return { rule: 'Bundle.type is fixed to document', place: 'Bundle.type' }
      })
    if (composition && claims(composition, 'composition-uv-ips'))
      changes.push(() => {
        composition.type = { coding: [{ system: 'http://loinc.org', code: '34133-9' }] }
        return { rule: 'Composition.type has the pattern 60591-5', place: 'Composition.type' }
      })
    return random.pick(changes)?.()
  },
}

const badDate: Mutation = {
  kind: 'bad date',
  apply(root, random) {
    const place = random.pick(placesOf(root).filter((one) => DATES.has(one.key) && typeof one.value === 'string'))
    if (!place) return undefined
    place.parent[place.key] = random.pick(BAD_DATES)
    return { rule: 'dates have the form of FHIR', place: place.path }
  },
}

const unknownElement: Mutation = {
  kind: 'unknown element',
  apply(root, random) {
    const place = random.pick(placesOf(root).filter((one) => isLoose(one.value)))
    if (!place || !isLoose(place.value)) return undefined
    place.value[random.pick(['colour', 'valueThing', '_nothing', 'codes', 'Name']) ?? 'colour'] = 'x'
    return { rule: 'only defined elements are allowed', place: place.path }
  },
}

const wrongType: Mutation = {
  kind: 'wrong type',
  apply(root, random) {
    const places = placesOf(root).filter((one) => one.key !== 'resourceType' && one.key !== 'div')
    const place = random.pick(places)
    if (!place) return undefined
    const { parent, key, value } = place
    if (typeof value === 'string') parent[key] = random.pick([42, true, { value }, [value]])
    else if (typeof value === 'number') parent[key] = random.pick([String(value), [value]])
    else if (typeof value === 'boolean') parent[key] = String(value)
    else if (Array.isArray(value)) parent[key] = value.length === 1 ? value[0] : 'x'
    else parent[key] = random.pick(['x', 7, [value]])
    return { rule: 'values have the type of their element', place: place.path }
  },
}

const emptyValue: Mutation = {
  kind: 'empty value',
  apply(root, random) {
    const place = random.pick(placesOf(root).filter((one) => one.key !== 'resourceType'))
    if (!place) return undefined
    const { parent, key, value } = place
    parent[key] = Array.isArray(value)
      ? random.pick([[], [{}]])
      : isLoose(value)
        ? random.pick([{}, { id: 'a' }])
        : random.pick(['', '   '])
    return { rule: 'no element is empty', place: place.path }
  },
}

const badCode: Mutation = {
  kind: 'bad code of a required binding',
  apply(root, random) {
    const owners = [root, ...resourcesOf(root)]
    const chosen = random.pick(
      owners.flatMap((resource) =>
        (BOUND[String(resource.resourceType)] ?? []).flatMap((key) =>
          typeof resource[key] === 'string' ? [{ resource, key }] : [],
        ),
      ),
    )
    if (!chosen) return undefined
    chosen.resource[chosen.key] = random.pick(['finished', 'M', 'x-1', 'Completed'])
    return {
      rule: 'the code is from the required value set',
      place: `${String(chosen.resource.resourceType)}.${chosen.key}`,
    }
  },
}

const badStatusConcept: Mutation = {
  kind: 'bad code of a required binding',
  apply(root, random) {
    const places = placesOf(root).filter((one) => one.key === 'clinicalStatus' || one.key === 'verificationStatus')
    const place = random.pick(places)
    if (!place || !isLoose(place.value)) return undefined
    place.value.coding = [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'sleeping' }]
    return { rule: 'the concept has a code from the required value set', place: place.path }
  },
}

const danglingReference: Mutation = {
  kind: 'dangling reference',
  apply(root, random) {
    if (root.resourceType !== 'Bundle') return undefined
    const places = placesOf(root).filter((one) => one.key === 'reference' && typeof one.value === 'string')
    const certain = places.filter((one) => String(one.value).startsWith('urn:') || /Composition/.test(one.resourceType))
    const place = random.pick(certain)
    if (!place) return undefined
    const urn = String(place.value).startsWith('urn:')
    const inComposition = /\.(entry\[\d+\]|subject|author\[\d+\])\.reference$/.test(place.path)
    if (!urn && !inComposition) return undefined
    place.parent.reference = urn ? 'urn:uuid:00000000-1111-4222-8333-444444444444' : 'Patient/nobody-here'
    return { rule: 'references of a document resolve in it', place: place.path }
  },
}

const wrongTarget: Mutation = {
  kind: 'reference to a wrong type',
  apply(root, random) {
    if (root.resourceType !== 'Bundle') return undefined
    const composition = looseItems(root.entry).find(
      (entry) => isLoose(entry.resource) && entry.resource.resourceType === 'Composition',
    )
    const target = composition?.fullUrl
    const places = placesOf(root).filter((one) =>
      ['subject', 'patient', 'author', 'performer', 'recorder'].includes(one.key),
    )
    const place = random.pick(places)
    if (!place || typeof target !== 'string') return undefined
    const wrong = { reference: target }
    place.parent[place.key] = Array.isArray(place.value) ? [wrong] : wrong
    return { rule: 'references lead to the types allowed', place: place.path }
  },
}

export const MUTATIONS: readonly Mutation[] = [
  dropSection,
  breakDiscriminator,
  dropFrom('dropped required element', REQUIRED, () => true),
  dropFrom('dropped element required by IPS', REQUIRED_BY_IPS, (resource) => claims(resource, 'uv-ips')),
  wrongFixed,
  badDate,
  unknownElement,
  wrongType,
  emptyValue,
  badCode,
  badStatusConcept,
  danglingReference,
  wrongTarget,
]
