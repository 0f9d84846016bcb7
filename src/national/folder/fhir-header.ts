/** Reads the head of a FHIR document Bundle (Composition, Patient, author) into what a document list shows. */
import { z } from 'zod'
import { PRESCRIPTION } from './cda-prescription.ts'
import { type DocumentHeader, documentIdentifier } from './document-header.ts'
import { readFhirPrescription } from './fhir-prescription.ts'

const LOINC = 'http://loinc.org'

const Identifier = z.object({ system: z.string().optional(), value: z.string().optional() })
const Reference = z.object({ reference: z.string().optional(), display: z.string().optional() })
const HumanName = z.object({
  text: z.string().optional(),
  family: z.string().optional(),
  given: z.array(z.string()).optional(),
  prefix: z.array(z.string()).optional(),
})

/** Only what the list needs is looked at; the rest of each resource may be anything. */
const Resource = z.looseObject({ resourceType: z.string(), id: z.string().optional() })
const Entry = z.object({ fullUrl: z.string().optional(), resource: Resource.optional() })
const Head = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('document'),
  id: z.string().optional(),
  identifier: Identifier.optional(),
  language: z.string().optional(),
  entry: z.array(Entry).min(1),
})
const Concept = z.object({
  coding: z
    .array(z.object({ system: z.string().optional(), code: z.string().optional(), display: z.string().optional() }))
    .optional(),
})

const Composition = z.object({
  resourceType: z.literal('Composition'),
  language: z.string().optional(),
  identifier: Identifier.optional(),
  category: z.array(Concept).optional(),
  title: z.string().optional(),
  date: z.string().optional(),
  confidentiality: z.string().optional(),
  type: Concept.optional(),
  subject: Reference.optional(),
  author: z.array(Reference).optional(),
})
const Patient = z.object({ resourceType: z.literal('Patient'), identifier: z.array(Identifier).optional() })
const Author = z.object({
  resourceType: z.string(),
  name: z.union([z.string(), z.array(HumanName)]).optional(),
  practitioner: Reference.optional(),
  organization: Reference.optional(),
  deviceName: z.array(z.object({ name: z.string() })).optional(),
})

type HeadEntry = z.infer<typeof Entry>

/** Undefined when the value is not a document Bundle that starts with a Composition about a Patient with an identifier. */
export function readFhirHeader(value: unknown, fallbackIdentifier: string): DocumentHeader | undefined {
  const head = Head.safeParse(value)
  if (!head.success) return undefined
  const composition = Composition.safeParse(head.data.entry[0]?.resource)
  if (!composition.success) return undefined
  const { entry } = head.data
  const patients = patientIdentifiers(resolved(entry, composition.data.subject))
  if (patients.length === 0) return undefined
  const { coding } = composition.data.type ?? {}
  const classCode = (coding?.find((held) => held.system === LOINC) ?? coding?.[0])?.code ?? ''
  const named = [composition.data.identifier, head.data.identifier].filter((one) => one !== undefined)
  const prescription = classCode === PRESCRIPTION ? readFhirPrescription(entry, named) : undefined
  const categories = (composition.data.category ?? [])
    .flatMap((category) => category.coding ?? [])
    .flatMap(({ system, code, display }) => (system && code ? [{ system, code, display: display ?? code }] : []))
  return {
    id: documentIdentifier(
      head.data.identifier?.system ?? '',
      head.data.identifier?.value ?? head.data.id ?? fallbackIdentifier,
    ),
    patients,
    classCode,
    title: composition.data.title ?? '',
    effectiveTime: composition.data.date ?? '',
    author: (composition.data.author ?? []).map((reference) => authorName(entry, reference)).join('; '),
    language: composition.data.language ?? head.data.language ?? 'und',
    format: 'fhir',
    ...(categories.length > 0 ? { categories } : {}),
    ...(prescription ? { prescription } : {}),
    confidentiality: composition.data.confidentiality ?? 'N',
    transforms: [],
  }
}

function patientIdentifiers(resource: unknown): readonly string[] {
  const patient = Patient.safeParse(resource)
  if (!patient.success) return []
  return (patient.data.identifier ?? []).flatMap(({ system, value }) => (system && value ? [`${system}|${value}`] : []))
}

/** A reference inside the bundle: by full URL, or relative to the base of a RESTful full URL. */
function resolved(entries: readonly HeadEntry[], reference: z.infer<typeof Reference> | undefined): unknown {
  const target = reference?.reference
  if (!target) return undefined
  return entries.find(
    ({ fullUrl, resource }) =>
      fullUrl === target ||
      fullUrl?.endsWith(`/${target}`) === true ||
      (resource?.id !== undefined && `${resource.resourceType}/${resource.id}` === target),
  )?.resource
}

function authorName(entries: readonly HeadEntry[], reference: z.infer<typeof Reference>): string {
  return nameOf(entries, reference) || (reference.display ?? '')
}

function nameOf(entries: readonly HeadEntry[], reference: z.infer<typeof Reference>): string {
  const author = Author.safeParse(resolved(entries, reference))
  if (!author.success) return ''
  const { name, practitioner, organization, deviceName } = author.data
  if (typeof name === 'string') return name
  if (name?.[0]) return personName(name[0])
  if (deviceName?.[0]) return deviceName[0].name
  return [practitioner, organization]
    .flatMap((part) => (part ? [authorName(entries, part)] : []))
    .filter((part) => part !== '')
    .join(', ')
}

function personName({ text, prefix, given, family }: z.infer<typeof HumanName>): string {
  return text ?? [...(prefix ?? []), ...(given ?? []), family ?? ''].filter((part) => part !== '').join(' ')
}
