/** Names by which participants and services stand in service metadata (eHDSI SMP identifiers; data/smp/services.json). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const SMP_SERVICES = [
  'patient-discovery',
  'query',
  'retrieve',
  'submission',
  'fhir',
  'identity-provider',
  'search-mask',
] as const
export type SmpServiceKind = (typeof SMP_SERVICES)[number]

const File = z.object({
  participant: z.object({ scheme: z.string(), value: z.string() }),
  documentScheme: z.string(),
  processScheme: z.string(),
  services: z.array(
    z.object({ kind: z.enum(SMP_SERVICES), document: z.string(), process: z.string(), transport: z.string() }),
  ),
})

/** An identifier and the scheme that says what it means (BDXR SMP §2.3). */
export interface SchemedIdentifier {
  readonly scheme: string
  readonly value: string
}

export interface ServiceIdentifiers {
  readonly document: SchemedIdentifier
  readonly process: SchemedIdentifier
  readonly transport: string
}

const file = File.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'data', 'smp', 'services.json'), 'utf8')),
)

/** Name of a country's contact point; `country` is ISO 3166-1 alpha-2 in any case. */
export function participantIdentifier(country: string): SchemedIdentifier {
  const { scheme, value } = file.participant
  return { scheme, value: value.replace('{country}', country.toLowerCase()) }
}

/** The country that a participant identifier names, upper case; undefined when it names none. */
export function countryOfParticipant({ scheme, value }: SchemedIdentifier): string | undefined {
  const [before = '', after = ''] = file.participant.value.split('{country}')
  const country = value.slice(before.length, value.length - after.length)
  const named = scheme === file.participant.scheme && value.startsWith(before) && value.endsWith(after)
  return named && /^[a-z]{2}$/.test(country) ? country.toUpperCase() : undefined
}

export function serviceIdentifiers(kind: SmpServiceKind): ServiceIdentifiers {
  const found = file.services.find((service) => service.kind === kind)
  if (!found) throw new Error(`data/smp/services.json names no service ${kind}.`)
  return {
    document: { scheme: file.documentScheme, value: found.document },
    process: { scheme: file.processScheme, value: found.process },
    transport: found.transport,
  }
}

/** Which service a document identifier names; undefined for services that this node does not know. */
export function serviceOfDocument({ scheme, value }: SchemedIdentifier): SmpServiceKind | undefined {
  return scheme === file.documentScheme ? file.services.find(({ document }) => document === value)?.kind : undefined
}

/** `scheme::value`, percent-encoded, as it stands in an SMP address (BDXR SMP §3.1.2). */
export function pathSegment({ scheme, value }: SchemedIdentifier): string {
  return encodeURIComponent(`${scheme}::${value}`)
}

export function fromPathSegment(segment: string): SchemedIdentifier | undefined {
  const decoded = decode(segment)
  const at = decoded?.indexOf('::') ?? -1
  return decoded === undefined || at < 1
    ? undefined
    : { scheme: decoded.slice(0, at), value: decoded.slice(at + '::'.length) }
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
