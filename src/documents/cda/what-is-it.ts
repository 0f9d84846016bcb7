/** Names a file that is no clinical document, so that the sender understands what he sent. */
import type { XmlElement } from '#platform/xml/tree.ts'

const KNOWN: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir': 'a FHIR resource in XML',
  'http://www.w3.org/2003/05/soap-envelope': 'a SOAP message',
  'http://schemas.xmlsoap.org/soap/envelope/': 'a SOAP message',
  'urn:oasis:names:tc:SAML:2.0:assertion': 'a SAML assertion',
  'http://www.w3.org/1999/xhtml': 'a web page',
  'http://www.w3.org/2000/svg': 'a drawing',
  'http://purl.oclc.org/dsdl/schematron': 'a Schematron',
  'http://www.w3.org/2001/XMLSchema': 'an XML schema',
  'http://www.w3.org/1999/XSL/Transform': 'a stylesheet',
}

export function whatIsIt(root: XmlElement): string {
  const known = KNOWN[root.namespace]
  if (known !== undefined) return `${known} (<${root.name}>)`
  if (root.name === 'ClinicalDocument') return `a <ClinicalDocument> outside the namespace of HL7 v3 (urn:hl7-org:v3)`
  if (root.namespace === 'urn:hl7-org:v3') return `another HL7 v3 message (<${root.name}>)`
  return `an XML document <${root.name.slice(0, 80)}>`
}
