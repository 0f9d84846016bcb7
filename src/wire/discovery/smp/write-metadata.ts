/** Service metadata → XML (BDXR SMP 2016/05), signed as a whole when a signer is given. */
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import { participantIdentifier, type SchemedIdentifier, serviceIdentifiers } from './service-identifiers.ts'
import { type ServiceMetadata, SMP_NAMESPACE } from './service-metadata.ts'

/** `SignedServiceMetadata` without its signature, which belongs right before the closing tag. */
export function writeServiceMetadata({ country, service, endpoint, searchMask }: ServiceMetadata): string {
  const identifiers = serviceIdentifiers(service)
  return [
    `<SignedServiceMetadata xmlns="${SMP_NAMESPACE}"><ServiceMetadata><ServiceInformation>`,
    element('ParticipantIdentifier', participantIdentifier(country)),
    element('DocumentIdentifier', identifiers.document),
    '<ProcessList><Process>',
    element('ProcessIdentifier', identifiers.process),
    `<ServiceEndpointList><Endpoint transportProfile="${escapeAttribute(identifiers.transport)}">`,
    text('EndpointURI', endpoint.address),
    '<RequireBusinessLevelSignature>false</RequireBusinessLevelSignature>',
    '<MinimumAuthenticationLevel>urn:epSOS:loa:1</MinimumAuthenticationLevel>',
    endpoint.activeFrom === undefined ? '' : text('ServiceActivationDate', endpoint.activeFrom),
    endpoint.expires === undefined ? '' : text('ServiceExpirationDate', endpoint.expires),
    text('Certificate', Buffer.from(endpoint.certificate).toString('base64')),
    text('ServiceDescription', endpoint.description),
    text('TechnicalContactUrl', endpoint.technicalContact),
    // OpenNCP carries the search mask in an extension of its endpoint.
    searchMask === undefined ? '' : `<Extension>${withoutDeclaration(searchMask)}</Extension>`,
    '</Endpoint></ServiceEndpointList></Process></ProcessList></ServiceInformation></ServiceMetadata></SignedServiceMetadata>',
  ].join('')
}

/** `ServiceGroup`: which services a country has published, by address. */
export function writeServiceGroup(country: string, addresses: readonly string[]): string {
  const references = addresses.map((href) => `<ServiceMetadataReference href="${escapeAttribute(href)}"/>`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<ServiceGroup xmlns="${SMP_NAMESPACE}">`,
    element('ParticipantIdentifier', participantIdentifier(country)),
    `<ServiceMetadataReferenceCollection>${references.join('')}</ServiceMetadataReferenceCollection></ServiceGroup>\n`,
  ].join('')
}

function element(name: string, { scheme, value }: SchemedIdentifier): string {
  return `<${name} scheme="${escapeAttribute(scheme)}">${escapeText(value)}</${name}>`
}

function text(name: string, value: string): string {
  return `<${name}>${escapeText(value)}</${name}>`
}

function withoutDeclaration(xml: string): string {
  return xml.replace(/^\uFEFF?\s*<\?xml[^>]*\?>\s*/, '').trim()
}
