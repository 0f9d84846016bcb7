/** One name for each code system: OIDs, `urn:oid:`, `urn:uuid:`, older URLs → canonical FHIR URL. */

export interface SystemRegistry {
  /** An unknown OID comes back as `urn:oid:…`; an unknown URL comes back as it is. */
  canonical(system: string): string
  oidOf(system: string): string | undefined
  nameOf(system: string): string | undefined
  /** Whether the canonical URL is that of a known system. */
  isKnown(canonical: string): boolean
}

export interface RegistryInput {
  readonly aliases: Iterable<readonly [string, string]>
  readonly identities: Iterable<{ readonly url: string; readonly name: string; readonly oid: string }>
}

const OID = /^[0-2](?:\.\d+)+$/
const URN = /^urn:(?:oid|uuid):(.*)$/i
/** URLs that HL7 used before its terminology had a home of its own. */
const FORMER: readonly (readonly [RegExp, string])[] = [
  [/^https?:\/\/(?:www\.)?hl7\.org\/fhir\/v3\/(?:cs\/)?(\w+)$/, 'http://terminology.hl7.org/CodeSystem/v3-$1'],
  [/^https?:\/\/(?:www\.)?hl7\.org\/fhir\/v2\/(\d{4})$/, 'http://terminology.hl7.org/CodeSystem/v2-$1'],
  [/^https?:\/\/(?:www\.)?hl7\.org\/fhir\/(?:CodeSystem\/)?([a-z-]+)$/, 'http://terminology.hl7.org/CodeSystem/$1'],
]

/** @param layers the layer of highest precedence first: what it says of an OID or a name wins */
export function createRegistry(layers: readonly RegistryInput[]): SystemRegistry {
  const canonicals = new Map<string, string>()
  const oids = new Map<string, string>()
  const names = new Map<string, string>()
  for (const { aliases, identities } of layers) {
    for (const { url, name, oid } of identities) {
      // A URL that a higher layer calls an alias stays one.
      const canonical = canonicals.get(url) ?? url
      canonicals.set(url, canonical)
      if (oid !== '' && !oids.has(canonical)) oids.set(canonical, oid)
      if (name !== '' && !names.has(canonical)) names.set(canonical, name)
    }
    for (const [alias, url] of aliases) {
      if (!canonicals.has(alias)) canonicals.set(alias, canonicals.get(url) ?? url)
    }
  }
  const resolved = new Map<string, string>()
  const canonical = (system: string): string => {
    const known = canonicals.get(system) ?? resolved.get(system)
    if (known !== undefined) return known
    const answer = resolve(system.trim(), canonicals)
    // Bounded: documents can name any number of systems.
    if (resolved.size < 4096) resolved.set(system, answer)
    return answer
  }
  return {
    canonical,
    oidOf: (system) => oids.get(canonical(system)) ?? URN.exec(canonical(system))?.[1],
    nameOf: (system) => names.get(canonical(system)),
    isKnown: (system) => canonicals.has(system),
  }
}

function resolve(system: string, canonicals: ReadonlyMap<string, string>): string {
  const bare = URN.exec(system)?.[1] ?? (OID.test(system) ? system : undefined)
  if (bare !== undefined) {
    const known = canonicals.get(bare) ?? canonicals.get(bare.toLowerCase())
    return known ?? (OID.test(bare) ? `urn:oid:${bare}` : `urn:uuid:${bare}`)
  }
  const url = system.split('|')[0] ?? system
  const spellings = [url, url.replace(/\/$/, ''), url.replace(/^https:/, 'http:'), url.replace(/^http:/, 'https:')]
  for (const spelling of spellings) {
    const known = canonicals.get(spelling)
    if (known !== undefined) return known
  }
  for (const [pattern, replacement] of FORMER) {
    const moved = url.replace(pattern, replacement)
    if (moved !== url && canonicals.has(moved)) return canonicals.get(moved) ?? moved
  }
  return url
}
