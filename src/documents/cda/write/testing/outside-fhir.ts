/**
 * A dumb check from outside, for tests: is every literal of a FHIR bundle somewhere in a CDA document? Strings are looked
 * for whole, times in their v3 form; nothing is shared with the writer.
 */
import { DOMParser } from '@xmldom/xmldom'
import type { Bundle } from 'fhir/r4'

export interface MissingLiteral {
  readonly path: string
  readonly literal: string
}

/** Fields that say how the bundle is built, or that the narrative repeats. */
const FORM = new Set([
  'resourceType', 'id', 'reference', 'url', 'system', 'profile', 'div', 'fullUrl', 'lastUpdated', 'versionId', 'language', 'text.status', 'data',
  'timestamp', 'source', 'security', 'tag', 'signature', 'link', 'meta', 'instantiatesCanonical', 'implicitRules',
]) // biome-ignore format: a list
/** Small code sets of FHIR that CDA says by an element, an attribute or a code of its own. */
const MAPPED = new Set(['status', 'intent', 'gender', 'use', 'mode', 'comparator', 'criticality', 'confidentiality'])

/** Every code, word, number, time and identifier that the text does not hold. */
export function missingOfBundle(bundle: Bundle, xml: string): MissingLiteral[] {
  const document = new DOMParser({ onError: () => {} }).parseFromString(xml, 'text/xml')
  const said = new Set<string>()
  for (const element of document.getElementsByTagName('*')) {
    for (const attribute of element.attributes) said.add(squeeze(attribute.value))
    for (let node = element.firstChild; node !== null; node = node.nextSibling) {
      if (node.nodeType === 3) said.add(squeeze(node.nodeValue ?? ''))
    }
    if (element.hasAttribute('ID')) said.add(squeeze(element.textContent ?? ''))
  }
  const missing: MissingLiteral[] = []
  const follow = (held: unknown, path: string, key: string): void => {
    if (held === null || held === undefined || FORM.has(key)) return
    if (Array.isArray(held)) for (const one of held) follow(one, path, key)
    // A reference leads to a resource, whose facts are looked for where it stands.
    else if (typeof held === 'object' && 'reference' in held) return
    else if (typeof held === 'object') {
      for (const [name, value] of Object.entries(held)) {
        if (name !== 'text' || typeof value !== 'object') follow(value, `${path}.${name}`, name)
      }
    } else if (typeof held === 'string' && !MAPPED.has(key) && !isSaid(held, said))
      missing.push({ path, literal: held })
    else if (typeof held === 'number' && !said.has(String(held))) missing.push({ path, literal: String(held) })
  }
  for (const { resource } of bundle.entry ?? []) follow(resource, resource?.resourceType ?? '', '')
  return missing
}

function isSaid(literal: string, said: ReadonlySet<string>): boolean {
  const bare = squeeze(literal)
  const forms = [
    bare,
    bare.replace(/^urn:(?:oid|uuid):/, ''),
    `tel:${bare}`,
    `mailto:${bare}`,
    `fax:${bare}`,
    `sms:${bare}`,
  ]
  return bare === '' || forms.some((form) => said.has(form)) || said.has(momentOf(literal))
}

function momentOf(literal: string): string {
  const found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d)(?::(\d\d))?(\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/.exec(
    literal,
  )
  if (found === null) return literal
  const [, year, month = '', day = '', hour, minute, second = '00', fraction = '', zone = ''] = found
  const date = `${year}${month}${day}`
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '')
  return hour === undefined ? date : `${date}${hour}${minute}${second}${fraction}${offset}`
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}
