/** A document of MPD requests → the prescription that a pharmacist works with. */
import { FULFILS_EXTENSION, RENDERED_DOSAGE_EXTENSION, TO_PHARMACIST_EXTENSION } from '../cda/tables/urls.ts'
import { isAdded } from '../fhir/compose.ts'
import { concept, extensions, type Node, node, nodes, text } from '../fhir/node.ts'
import type { Entry } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { medicineOf } from './medicine.ts'
import { entriesOfType, identifierOf, nameOf, type Parts, partsOf, quantityOf, targetOf, wordsOf } from './parts.ts'
import type { PrescribedItem, Prescription } from './pharmacy.ts'

/** LOINC codes of prescription documents: prescription for medication, and its section. */
export const PRESCRIPTION_DOCUMENT = '57833-6'
export const PRESCRIPTION_SECTION = '57828-6'
/** v3 substanceAdminSubstitution `none`. */
const NO_SUBSTITUTION = 'N'

/**
 * The prescription in a document; undefined when it is none. Collections of requests and bare requests count too: MPD
 * knows prescriptions without a Composition.
 */
export function prescriptionOf(document: ClinicalDocument): Prescription | undefined {
  const parts = partsOf(document)
  const requests = prescribedIn(parts)
  const [first] = requests
  if (first === undefined) return undefined
  const { resource: request } = first
  const id = identifierOf(parts.bundle.identifier) ?? identifierOf(parts.composition.identifier)
  const group = groupOf(requests)
  const items = requests.map((entry) => itemOf(parts, entry))
  const author = prescriberOf(parts, first)
  const valid = requests.map(({ resource }) => text(validity(resource)?.end)).filter((end) => end !== undefined)
  return {
    id: id ?? group ?? items[0]?.id ?? first.fullUrl,
    ...(group === undefined ? {} : { prescriptionId: group }),
    issued: text(request.authoredOn) ?? text(parts.composition.date) ?? '',
    // The earliest end: after it, not everything may be dispensed any more.
    ...(valid.length === 0 ? {} : { validUntil: valid.sort()[0] ?? '' }),
    prescriber: author.name,
    ...(author.organisation === undefined ? {} : { prescriberOrganisation: author.organisation }),
    items,
    status: statusOf(parts, requests),
  }
}

/** The requests of a prescription: those that its sections list, or all when nobody made sections. */
export function prescribedIn(parts: Parts): readonly Entry[] {
  const isPrescription = isKind(parts, PRESCRIPTION_DOCUMENT, PRESCRIPTION_SECTION)
  if (!isPrescription && !(isAdded(parts.composition) && holdsOnlyRequests(parts))) return []
  const listed = nodes(parts.composition.section)
    .flatMap((section) => nodes(section.entry))
    .map((reference) => text(reference.reference))
  const requests = entriesOfType(parts, 'MedicationRequest')
  const named = requests.filter(({ fullUrl }) => listed.includes(fullUrl))
  return named.length > 0 ? named : requests
}

/** Whether a document is of a kind by its own code or, where that is a national one, by the code of a section. */
export function isKind({ composition }: Parts, document: string, section: string): boolean {
  const has = (value: unknown, wanted: string): boolean =>
    concept(value)?.codings.some(({ code }) => code === wanted) === true
  return has(composition.type, document) || nodes(composition.section).some(({ code }) => has(code, section))
}

/** Types that say something of a patient beside what is prescribed: with them, a collection is no prescription. */
const OTHERS = new Set(['AllergyIntolerance', 'MedicationStatement', 'MedicationDispense', 'Immunization', 'Procedure'])

function holdsOnlyRequests({ index }: Parts): boolean {
  return !index.entries.some(({ resource }) => OTHERS.has(text(resource.resourceType) ?? ''))
}

/** What all items belong to: the prescription, the same in all its renditions. */
function groupOf(requests: readonly Entry[]): string | undefined {
  const groups = new Set(requests.map(({ resource }) => identifierOf(resource.groupIdentifier)))
  const [only] = groups
  return groups.size === 1 ? only : undefined
}

function validity(request: Node): Node | undefined {
  return node(node(request.dispenseRequest)?.validityPeriod)
}

interface Prescriber {
  readonly name: string
  readonly organisation?: string
}

function prescriberOf(parts: Parts, request: Entry): Prescriber {
  const composition = parts.index.entries.find(({ resource }) => resource === parts.composition)
  const asked = targetOf(parts, request.resource.requester, request)
  const author =
    asked ?? (composition === undefined ? undefined : targetOf(parts, nodes(parts.composition.author)[0], composition))
  const display = text(node(request.resource.requester)?.display)
  if (author === undefined) return { name: display ?? '' }
  const person = targetOf(parts, author.resource.practitioner, author)
  const organisation = nameOf(targetOf(parts, author.resource.organization, author)?.resource)
  const name =
    nameOf(person?.resource) ?? nameOf(author.resource) ?? text(node(author.resource.practitioner)?.display) ?? display
  return { name: name ?? organisation ?? '', ...(organisation === undefined ? {} : { organisation }) }
}

/** The line's own id; where it has none, its full URL names it. */
export function itemIdOf({ resource, fullUrl }: Entry): string {
  return (
    nodes(resource.identifier)
      .map(identifierOf)
      .find((id) => id !== undefined) ?? fullUrl
  )
}

function itemOf(parts: Parts, entry: Entry): PrescribedItem {
  const { resource } = entry
  const dosages = nodes(resource.dosageInstruction)
  const dispense = node(resource.dispenseRequest)
  const quantity = quantityOf(dispense?.quantity)
  const route = dosages.map((dosage) => wordsOf(dosage.route)).find((found) => found !== undefined)
  const reason = wordsOf(node(resource.substitution)?.reason)
  const told = nodes(resource.note)
    .filter((note) => extensions(note, TO_PHARMACIST_EXTENSION).length > 0)
    .flatMap((note) => text(note.text) ?? [])
  const repeats = dispense?.numberOfRepeatsAllowed
  return {
    id: itemIdOf(entry),
    resource: entry.fullUrl,
    medicine: medicineOf(parts, entry),
    posology: posologyIn(resource, dosages),
    ...(route === undefined ? {} : { route }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(typeof repeats === 'number' && Number.isInteger(repeats) && repeats > 0 ? { repeats } : {}),
    substitution: substitutionOf(resource),
    ...(reason === undefined ? {} : { substitutionReason: reason.display }),
    ...(told.length === 0 ? {} : { instructionsToPharmacist: told.join('\n') }),
  }
}

/** The words of each dosage, with what the patient is told; words made for all dosages count where none has its own. */
function posologyIn(request: Node, dosages: readonly Node[]): string[] {
  const rendered = extensions(request, RENDERED_DOSAGE_EXTENSION).flatMap(
    ({ valueMarkdown, valueString }) => text(valueMarkdown) ?? text(valueString) ?? [],
  )
  const own = dosages.flatMap((dosage) => text(dosage.text) ?? [])
  return [...(own.length > 0 ? own : rendered), ...dosages.flatMap((dosage) => text(dosage.patientInstruction) ?? [])]
}

/** Not stated is not "allowed": what then holds is a rule of the prescribing country. */
function substitutionOf(request: Node): PrescribedItem['substitution'] {
  const stated = node(request.substitution)
  if (typeof stated?.allowedBoolean === 'boolean') return stated.allowedBoolean ? 'allowed' : 'not-allowed'
  const codes = concept(stated?.allowedCodeableConcept)?.codings.filter(({ code }) => code !== '') ?? []
  if (codes.length === 0) return 'not-stated'
  return codes.some(({ code }) => code === NO_SUBSTITUTION) ? 'not-allowed' : 'allowed'
}

const CLOSED = new Set(['cancelled', 'stopped', 'entered-in-error'])

/** What the document itself tells; the national side has the last word. */
function statusOf(parts: Parts, requests: readonly Entry[]): Prescription['status'] {
  const states = requests.map(({ resource }) => text(resource.status) ?? 'unknown')
  if (states.every((state) => CLOSED.has(state))) return 'cancelled'
  if (states.every((state) => state === 'completed')) return 'dispensed'
  if (states.some((state) => state === 'completed') || dispensedIn(parts)) return 'partly-dispensed'
  return states.every((state) => state === 'active') ? 'open' : 'not-stated'
}

function dispensedIn(parts: Parts): boolean {
  return entriesOfType(parts, 'MedicationDispense').length > 0
}

/** The identifiers of what a document fulfils, the first being the prescription. */
export function fulfilledBy(composition: Node): readonly string[] {
  return extensions(composition, FULFILS_EXTENSION).flatMap(
    ({ valueIdentifier }) => identifierOf(valueIdentifier) ?? [],
  )
}
