/** Signed service metadata of another country, read from what its signature covers and nothing else. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, descend, words } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { serialiseXml } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { verifySigned } from '#trust/signature/verify-signed.ts'
import { countryOfParticipant, type SchemedIdentifier, serviceOfDocument } from './service-identifiers.ts'
import { type MetadataProblemCode, type ServiceMetadata, SMP_NAMESPACE } from './service-metadata.ts'

const LIMITS = { bytes: 8 * 1024 * 1024, depth: 64, nodes: 50_000 }
const ISM_NAMESPACE = 'http://ec.europa.eu/sante/ehncp/ism'

export interface VerifiedMetadata {
  readonly metadata: ServiceMetadata
  /** Hex SHA-256 of the certificate that signed; whether it may sign is asked of the reviewed list. */
  readonly signer: string
}

/**
 * Reads and verifies. `now` decides whether the endpoint is active. Problems: not XML, not SMP, incomplete, signature,
 * expired. Who may sign is for the caller to say: `signer` is not trusted yet.
 */
export function readServiceMetadata(bytes: Uint8Array, now: Date): Result<VerifiedMetadata, MetadataProblemCode> {
  const parsed = parseXml(bytes, { limits: LIMITS })
  if (!parsed.ok) return { ok: false, problem: { ...parsed.problem, code: 'metadata-not-xml' } }
  const { root } = parsed.value
  if (root.name !== 'SignedServiceMetadata' || root.namespace !== SMP_NAMESPACE) {
    return problem('metadata-not-smp', 'This is no SignedServiceMetadata of an SMP (2016/05).')
  }
  const signed = verifySigned(root)
  if (!signed.ok)
    return problem('metadata-signature', `The metadata are not signed as they must be: ${signed.problem.sentence}`)
  const information = descend(signed.value.element, 'ServiceMetadata', 'ServiceInformation')
  const metadata = metadataOf(information)
  if (metadata === undefined) {
    return problem(
      'metadata-incomplete',
      'The metadata name no known country and service with one endpoint and its certificate.',
    )
  }
  return isActive(metadata, now)
    ? ok({ metadata, signer: signed.value.signer.fingerprint })
    : problem('metadata-expired', 'The endpoint of the metadata is not active at this time.')
}

function metadataOf(information: XmlElement | undefined): ServiceMetadata | undefined {
  const country = countryOfParticipant(identifier(child(information, 'ParticipantIdentifier', SMP_NAMESPACE)))
  const service = serviceOfDocument(identifier(child(information, 'DocumentIdentifier', SMP_NAMESPACE)))
  const endpoint = descend(information, 'ProcessList', 'Process', 'ServiceEndpointList', 'Endpoint')
  const certificate = Buffer.from(words(child(endpoint, 'Certificate')).replace(/\s+/g, ''), 'base64')
  const address = words(child(endpoint, 'EndpointURI'))
  if (country === undefined || service === undefined || certificate.length === 0) return undefined
  if (service !== 'search-mask' && !isHttps(address)) return undefined
  const activeFrom = words(child(endpoint, 'ServiceActivationDate'))
  const expires = words(child(endpoint, 'ServiceExpirationDate'))
  const mask = searchMaskIn(endpoint)
  if (service === 'search-mask' && mask === undefined) return undefined
  return {
    country,
    service,
    endpoint: {
      address,
      certificate,
      description: words(child(endpoint, 'ServiceDescription')),
      technicalContact: words(child(endpoint, 'TechnicalContactUrl')),
      ...(activeFrom === '' ? {} : { activeFrom }),
      ...(expires === '' ? {} : { expires }),
    },
    ...(mask === undefined ? {} : { searchMask: mask }),
  }
}

function identifier(element: XmlElement | undefined): SchemedIdentifier {
  return { scheme: attribute(element, 'scheme') ?? '', value: words(element) }
}

function isHttps(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:'
}

function searchMaskIn(endpoint: XmlElement | undefined): string | undefined {
  const mask = descend(endpoint, 'Extension', 'searchFields')
  return mask?.namespace === ISM_NAMESPACE ? serialiseXml(mask) : undefined
}

function isActive({ endpoint: { activeFrom, expires } }: ServiceMetadata, now: Date): boolean {
  const from = activeFrom === undefined ? 0 : Date.parse(activeFrom)
  const until = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires)
  // A date that cannot be read makes no endpoint active.
  return from <= now.getTime() && now.getTime() < until
}

function problem(code: MetadataProblemCode, sentence: string): Result<never, MetadataProblemCode> {
  return failed(code, sentence, 'Tell the country that published it, or take its endpoint from a reviewed file.')
}
