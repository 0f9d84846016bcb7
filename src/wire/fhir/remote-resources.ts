/** What another country's server sends, parsed once at the border. Unknown fields are let through and never read. */
import { z } from 'zod'
import { DocumentContext, type DocumentFacts, readDocumentFacts } from './document-facts.ts'

export interface RemotePatient {
  /** `system|value` each. */
  readonly identifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
}

export interface RemoteContent {
  readonly contentType: string
  /** Absolute and below the base of the peer's API; undefined when the content came along in `data`. */
  readonly url: string | undefined
  readonly data: Uint8Array | undefined
  readonly language: string | undefined
  /** Hex SHA-256 of the content, when the peer gives it. */
  readonly sha256: string | undefined
  /** Base64 SHA-1 of the content (FHIR R4 Attachment.hash). */
  readonly sha1: string | undefined
  readonly size: number | undefined
}

export interface RemoteDocument {
  readonly id: string
  readonly masterIdentifier: string | undefined
  /** Code of the document type, LOINC when there is one. */
  readonly type: string
  readonly title: string
  readonly date: string
  readonly author: string
  /** `system|value` of the patient in the contained minimal Patient, when there is one. */
  readonly patients: readonly string[]
  readonly contents: readonly RemoteContent[]
  /** HL7 v3 confidentiality code. */
  readonly confidentiality: string
  readonly facts: DocumentFacts
}

/** Extension on an Attachment: hex SHA-256 of what the URL gives, because `hash` is SHA-1 in FHIR R4. */
export const SHA256_EXTENSION = 'urn:tessera:sha-256'

const Text = z.string().max(2000)
const Identifier = z.object({ system: Text.optional(), value: Text.optional() })
const Reference = z.object({ reference: Text.optional(), display: Text.optional() })
const Coding = z.object({ system: Text.optional(), code: Text.optional(), display: Text.optional() })

const Patient = z.object({
  resourceType: z.literal('Patient'),
  identifier: z.array(Identifier).max(50).default([]),
  name: z
    .array(
      z.object({
        use: Text.optional(),
        text: Text.optional(),
        family: Text.optional(),
        given: z.array(Text).max(20).optional(),
      }),
    )
    .max(20)
    .default([]),
  birthDate: z
    .string()
    .regex(/^\d{4}(-\d\d(-\d\d)?)?$/)
    .optional(),
  gender: z.enum(['male', 'female', 'other', 'unknown']).default('unknown'),
})

const Attachment = z.object({
  contentType: z.string().max(100),
  url: z.string().max(2000).optional(),
  data: z.string().optional(),
  language: z.string().max(35).optional(),
  hash: z.string().max(100).optional(),
  size: z.number().int().nonnegative().optional(),
  extension: z.array(z.object({ url: z.string(), valueString: z.string().max(100).optional() })).optional(),
})

const Contained = z.object({
  id: z.string().optional(),
  name: z
    .union([
      z.string(),
      z.array(z.object({ text: Text.optional(), family: Text.optional(), given: z.array(Text).optional() })),
    ])
    .optional(),
})

const DocumentReference = z.object({
  resourceType: z.literal('DocumentReference'),
  id: z.string().min(1).max(256),
  masterIdentifier: Identifier.optional(),
  type: z.object({ coding: z.array(Coding).max(20).default([]), text: Text.optional() }).optional(),
  date: z.string().max(40).optional(),
  description: Text.optional(),
  author: z.array(Reference).max(50).default([]),
  custodian: Reference.optional(),
  contained: z.array(z.unknown()).max(50).default([]),
  securityLabel: z
    .array(z.object({ coding: z.array(Coding).max(20).default([]) }))
    .max(20)
    .default([]),
  context: DocumentContext.optional(),
  content: z
    .array(z.object({ attachment: Attachment }))
    .min(1)
    .max(20),
})

const Searchset = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('searchset'),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).optional(),
  entry: z
    .array(z.object({ resource: z.looseObject({ resourceType: z.string() }).optional() }))
    .max(1000)
    .default([]),
})

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | undefined
}

/** A page of patients; undefined when the answer is not the agreed one. */
export function readPatients(json: unknown): Page<RemotePatient> | undefined {
  return readPage(json, 'Patient', (resource) => {
    const parsed = Patient.safeParse(resource)
    if (!parsed.success) return undefined
    const { identifier, name, birthDate, gender } = parsed.data
    const best = name.find((one) => one.use === 'official') ?? name.find((one) => one.family !== undefined) ?? name[0]
    const identifiers = tokensOf(identifier)
    // Patient-minimal-myhealtheu: without an identifier nothing further can be asked.
    if (identifiers.length === 0) return undefined
    return {
      identifiers,
      family: best?.family ?? best?.text ?? '',
      given: best?.given ?? [],
      birthDate: birthDate ?? '',
      gender,
    }
  })
}

/** A page of documents; URLs are resolved against `base` and must lie below it. */
export function readDocuments(json: unknown, base: string): Page<RemoteDocument> | undefined {
  return readPage(json, 'DocumentReference', (resource) => {
    const parsed = DocumentReference.safeParse(resource)
    if (!parsed.success) return undefined
    const reference = parsed.data
    const contents = reference.content.map(({ attachment }) => contentOf(attachment, base))
    const usable = contents.filter((content) => content !== undefined)
    if (usable.length < contents.length) return undefined
    const codings = reference.type?.coding ?? []
    const type = codings.find((coding) => coding.system === 'http://loinc.org') ?? codings[0]
    const { masterIdentifier } = reference
    return {
      id: reference.id,
      masterIdentifier: masterIdentifier?.value && `${masterIdentifier.system ?? ''}|${masterIdentifier.value}`,
      type: type?.code ?? '',
      title: reference.description ?? type?.display ?? reference.type?.text ?? '',
      date: reference.date ?? '',
      author: authorOf(reference),
      patients: containedPatient(reference.contained),
      contents: usable,
      confidentiality: reference.securityLabel[0]?.coding[0]?.code ?? 'N',
      facts: readDocumentFacts(reference.context),
    }
  })
}

function readPage<T>(json: unknown, type: string, read: (resource: unknown) => T | undefined): Page<T> | undefined {
  const parsed = Searchset.safeParse(json)
  if (!parsed.success) return undefined
  const items: T[] = []
  for (const { resource } of parsed.data.entry) {
    if (resource?.resourceType !== type) continue
    const item = read(resource)
    // A result that cannot be read must not vanish from the list.
    if (item === undefined) return undefined
    items.push(item)
  }
  return { items, next: parsed.data.link?.find((link) => link.relation === 'next')?.url }
}

function tokensOf(identifiers: readonly z.infer<typeof Identifier>[]): readonly string[] {
  return identifiers.flatMap(({ system, value }) => (system && value ? [`${system}|${value}`] : []))
}

function contentOf(attachment: z.infer<typeof Attachment>, base: string): RemoteContent | undefined {
  const url = attachment.url === undefined ? undefined : within(attachment.url, base)
  if (attachment.url !== undefined && url === undefined) return undefined
  if (url === undefined && attachment.data === undefined) return undefined
  return {
    contentType: attachment.contentType.toLowerCase().split(';')[0]?.trim() ?? '',
    url,
    data: attachment.data === undefined ? undefined : Buffer.from(attachment.data, 'base64'),
    language: attachment.language,
    sha256: attachment.extension?.find((extension) => extension.url === SHA256_EXTENSION)?.valueString?.toLowerCase(),
    sha1: attachment.hash,
    size: attachment.size,
  }
}

/** The absolute form of a URL when it lies below `base`; a peer must not send us anywhere else. */
export function within(url: string, base: string): string | undefined {
  const root = new URL(base.endsWith('/') ? base : `${base}/`)
  try {
    const absolute = new URL(url, root)
    const below = absolute.origin === root.origin && absolute.pathname.startsWith(root.pathname)
    return below && absolute.username === '' && absolute.password === '' ? absolute.href : undefined
  } catch {
    return undefined
  }
}

function authorOf({ author, custodian, contained }: z.infer<typeof DocumentReference>): string {
  const names = author.map((reference) => reference.display ?? containedName(reference.reference, contained))
  const known = names.filter((name) => name !== undefined && name !== '')
  if (known.length > 0) return known.join(', ')
  return custodian?.display ?? containedName(custodian?.reference, contained) ?? ''
}

function containedPatient(contained: readonly unknown[]): readonly string[] {
  const patients = contained.flatMap((one) => Patient.safeParse(one).data ?? [])
  return patients.flatMap((patient) => tokensOf(patient.identifier))
}

function containedName(reference: string | undefined, contained: readonly unknown[]): string | undefined {
  if (!reference?.startsWith('#')) return undefined
  for (const one of contained) {
    const parsed = Contained.safeParse(one)
    if (!parsed.success || parsed.data.id !== reference.slice(1)) continue
    const { name } = parsed.data
    if (typeof name === 'string') return name
    const first = name?.[0]
    return first?.text ?? [...(first?.given ?? []), first?.family].filter(Boolean).join(' ')
  }
  return undefined
}
