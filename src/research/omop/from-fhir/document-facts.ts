/** One clinical document → the facts in it, each tied to its resource; no resource is left unsaid. */

import { isNode, type Node, node, nodes, text } from '#documents/fhir/node.ts'
import { containedIn, type Entry, entriesOf, indexEntries } from '#documents/fhir/references.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { NotARow, ReadResource } from './clinical-event.ts'
import { type Day, dayOf } from './day.ts'
import { patientOf, type ReadPerson, readPerson } from './person.ts'
import { readResource, subjectOf } from './read-resource.ts'

export interface SourceDocument {
  /** What the account calls it: a file name or a number. */
  readonly name: string
  /** Tells it from every other document where it has no identifier of its own, as a hash of its bytes does; its name when absent. */
  readonly identity?: string
  readonly document: Pick<ClinicalDocument, 'bundle'>
}

export interface Fact {
  /** The same for the same resource in another document of the same person. */
  readonly identity: string
  /** `Condition/urn:uuid:…`, for the account. */
  readonly resource: string
  readonly read: ReadResource
}

export interface DocumentFacts {
  readonly name: string
  readonly person?: ReadPerson
  /** `Patient/…` of the person. */
  readonly patient?: string
  readonly written?: Day
  readonly facts: readonly Fact[]
  /** Reference to an encounter → its identity. A map, since a function would hold the whole document in memory. */
  readonly encounters: ReadonlyMap<string, string>
}

export function factsOf({ name, identity = name, document }: SourceDocument): DocumentFacts {
  const bundle: unknown = document.bundle
  const entries = isNode(bundle) ? entriesOf(bundle) : []
  const index = indexEntries(entries)
  const composition = entries.find(({ resource }) => resource.resourceType === 'Composition')?.resource
  const follow = (reference: unknown, from?: Entry): Node | undefined => {
    const written = text(reference) ?? ''
    return written.startsWith('#') && from ? containedIn(from.resource, written) : index.find(written, from)?.resource
  }
  const found = patientOf(composition, entries, (reference) => follow(reference))
  const own = documentIdentity(bundle, identity)
  const person = found && readPerson(found.patient, `${own}#${found.fullUrl}`)
  const identities = identitiesOf(entries, own, person?.identity ?? '')
  const facts = entries.flatMap((entry): Fact[] => {
    if (entry.resource === found?.patient) return []
    const subject = follow(node(subjectOf(entry.resource))?.reference, entry)
    const foreign = subject !== undefined && subject !== found?.patient && subject.resourceType === 'Patient'
    const read: ReadResource =
      isOtherPatient(entry) || foreign
        ? { kind: 'not-a-row', reason: 'other-patient' satisfies NotARow }
        : readResource(entry.resource, { follow: (reference) => follow(reference, entry) })
    return [{ identity: identities.get(entry) ?? entry.fullUrl, resource: nameOf(entry), read }]
  })
  const written = dayOf(composition?.date) ?? dayOf(isNode(bundle) ? bundle.timestamp : undefined)
  const patientEntry = entries.find(({ resource }) => resource === found?.patient)
  return {
    name,
    facts,
    ...(person && patientEntry ? { person, patient: nameOf(patientEntry) } : {}),
    ...(written === undefined ? {} : { written }),
    encounters: encountersOf(facts, (reference) => {
      const entry = index.find(reference)
      return entry && identities.get(entry)
    }),
  }
}

function encountersOf(
  facts: readonly Fact[],
  identityOf: (reference: string) => string | undefined,
): ReadonlyMap<string, string> {
  const encounters = new Map<string, string>()
  for (const { read } of facts) {
    if (read.kind !== 'events') continue
    for (const { encounter } of read.events) {
      const identity = encounter === undefined ? undefined : identityOf(encounter)
      if (encounter !== undefined && identity !== undefined) encounters.set(encounter, identity)
    }
  }
  return encounters
}

/** A second Patient is not the one whom the document is about. */
function isOtherPatient({ resource }: Entry): boolean {
  return resource.resourceType === 'Patient'
}

function nameOf({ resource, fullUrl }: Entry): string {
  return `${text(resource.resourceType) ?? 'Resource'}/${fullUrl}`
}

function documentIdentity(bundle: unknown, otherwise: string): string {
  const identifier = isNode(bundle) ? node(bundle.identifier) : undefined
  const value = text(identifier?.value)
  if (value !== undefined) return `${text(identifier?.system) ?? ''}|${value}`
  return (isNode(bundle) ? text(bundle.id) : undefined) ?? otherwise
}

/**
 * By the resource's own identifier, which outlives a document; by its full URL when two of a document share one, or none has any.
 * With the person: some systems count the resources of each patient anew.
 */
function identitiesOf(entries: readonly Entry[], document: string, person: string): ReadonlyMap<Entry, string> {
  const byIdentifier = Map.groupBy(entries, ({ resource }) => identifierOf(resource) ?? '')
  return new Map(
    entries.map((entry) => {
      const { resource, fullUrl } = entry
      const type = text(resource.resourceType) ?? ''
      const identifier = identifierOf(resource)
      if (identifier !== undefined && byIdentifier.get(identifier)?.length === 1)
        return [entry, `${type} ${identifier} of ${person}`]
      const own = fullUrl.startsWith('urn:uuid:') ? fullUrl : `${document}#${fullUrl}`
      return [entry, `${type} ${own} of ${person}`]
    }),
  )
}

function identifierOf(resource: Node): string | undefined {
  const identifier = nodes(resource.identifier).find(({ value }) => text(value) !== undefined)
  return identifier && `${text(resource.resourceType)} ${text(identifier.system) ?? ''}|${text(identifier.value)}`
}
