/** Implicit value sets and concept maps of SNOMED CT (FHIR, "Using SNOMED CT with FHIR", §4.3.2.0.7 and §4.3.2.0.8). */
import type { JsonObject } from '../load/json.ts'
import type { Edition } from '../snomed/edition.ts'

const SNOMED = 'http://snomed.info/sct'
const MOST_KEPT = 100

const kept = new WeakMap<Edition, Map<string, JsonObject>>()

/** `http://snomed.info/sct[/module[/version/date]]?fhir_vs[=…]`. The same object for the same URL. */
export function implicitSnomedValueSet(url: string, editions: readonly Edition[]): JsonObject | undefined {
  const [base, query] = split(url, 'fhir_vs')
  if (base === undefined || query === undefined) return undefined
  const edition = editionOf(base, editions)
  if (!edition) return undefined
  const known = kept.get(edition) ?? new Map<string, JsonObject>()
  kept.set(edition, known)
  const before = known.get(url)
  if (before) return before
  const include = includeOf(query, editions)
  if (!include) return undefined
  const version = base === SNOMED ? {} : { version: base }
  const made = {
    resourceType: 'ValueSet',
    url,
    ...include.about,
    status: 'active',
    compose: { include: [{ system: SNOMED, ...version, ...(include.filter && { filter: [include.filter] }) }] },
  }
  if (known.size >= MOST_KEPT) known.clear()
  known.set(url, made)
  return made
}

interface Include {
  readonly about: { readonly name: string; readonly title: string }
  readonly filter?: { readonly property: string; readonly op: string; readonly value: string }
}

function includeOf(query: string, editions: readonly Edition[]): Include | undefined {
  if (query === '') {
    return { about: { name: 'ALLSNOMEDCT', title: 'SNOMED CT Reference Set (All of SNOMED CT)' } }
  }
  const slash = query.indexOf('/')
  const kind = slash < 0 ? query : query.slice(0, slash)
  const argument = slash < 0 ? '' : query.slice(slash + 1)
  const known = (code: string) => editions.some((edition) => edition.ordinalOf(code) >= 0)
  const term = (code: string) => {
    for (const edition of editions) {
      const concept = edition.ordinalOf(code)
      if (concept >= 0) return edition.preferredTerm(concept, ['en-US', 'en'])?.term ?? code
    }
    return code
  }
  if (kind === 'isa' && known(argument)) {
    return {
      about: { name: `SNOMEDCTIsA${argument}`, title: `SNOMED CT: ${term(argument)} and what is below it` },
      filter: { property: 'concept', op: 'is-a', value: argument },
    }
  }
  if (kind === 'refset' && argument === '') {
    return {
      about: { name: 'SNOMEDCTReferenceSets', title: 'SNOMED CT: the reference sets' },
      filter: { property: 'constraint', op: '=', value: '< 900000000000455006' },
    }
  }
  if (kind === 'refset' && known(argument)) {
    return {
      about: { name: `SNOMEDCTReferenceSet${argument}`, title: `SNOMED CT: members of ${term(argument)}` },
      filter: { property: 'concept', op: 'in', value: argument },
    }
  }
  if (kind === 'ecl' && argument !== '') {
    return {
      about: { name: 'SNOMEDCTConstraint', title: `SNOMED CT: ${argument}` },
      filter: { property: 'constraint', op: '=', value: argument },
    }
  }
  return undefined
}

/** Base and decoded value of a query parameter; undefined when the URL does not have it. */
function split(url: string, parameter: string): readonly [string?, string?] {
  const mark = url.indexOf('?')
  if (mark < 0 || !url.slice(mark + 1).startsWith(parameter)) return []
  const rest = url.slice(mark + 1 + parameter.length)
  if (rest !== '' && !rest.startsWith('=')) return []
  try {
    return [url.slice(0, mark), decodeURIComponent(rest.slice(1).replaceAll('+', ' '))]
  } catch {
    return []
  }
}

function editionOf(base: string, editions: readonly Edition[]): Edition | undefined {
  if (base === SNOMED) return editions[0]
  return editions.find(({ uri }) => uri === base || uri.startsWith(`${base}/version/`))
}

/** Historical associations as maps, and what their relationship is. */
const ASSOCIATION_MAPS: Readonly<Record<string, string>> = {
  '900000000000526001': 'equivalent',
  '900000000000527005': 'equivalent',
  '900000000000523009': 'related-to',
  '900000000000528000': 'source-is-narrower-than-target',
  '900000000000530003': 'related-to',
}

const MOST_MAPPED = 100_000

/** `http://snomed.info/sct?fhir_cm=<reference set>`: association and map reference sets. */
export function implicitSnomedMap(url: string, editions: readonly Edition[]): JsonObject | undefined {
  const [base, refset] = split(url, 'fhir_cm')
  if (base === undefined || refset === undefined) return undefined
  const edition = editionOf(base, editions)
  const ordinal = edition?.ordinalOf(refset) ?? -1
  if (!edition || ordinal < 0) return undefined
  const known = kept.get(edition) ?? new Map<string, JsonObject>()
  kept.set(edition, known)
  const before = known.get(url)
  if (before) return before
  const made = mapOf(url, refset, ordinal, edition)
  if (made) known.set(url, made)
  return made
}

function mapOf(url: string, refset: string, ordinal: number, edition: Edition): JsonObject | undefined {
  const targets = new Map<string, JsonObject[]>()
  let rows = 0
  let toConcepts = false
  for (const { active, referencedComponentId, fields } of edition.memberRowsOf(ordinal)) {
    if (!active || rows++ > MOST_MAPPED) continue
    const concept = fields.get('targetComponentId')
    const code = concept ?? fields.get('mapTarget')
    if (code === undefined || code === '') continue
    if (concept !== undefined) toConcepts = true
    const relationship = ASSOCIATION_MAPS[refset] ?? 'related-to'
    const rule = fields.get('mapAdvice') ?? fields.get('mapRule')
    const list = targets.get(referencedComponentId) ?? []
    targets.set(referencedComponentId, list)
    list.push({ code, relationship, ...(rule && { comment: rule }) })
  }
  if (targets.size === 0) return undefined
  const name = edition.preferredTerm(ordinal, ['en-US', 'en'])?.term ?? refset
  return {
    resourceType: 'ConceptMap',
    url,
    version: edition.uri,
    name: `SNOMEDCTMap${refset}`,
    title: `SNOMED CT: ${name}`,
    status: 'active',
    sourceScopeUri: `${SNOMED}?fhir_vs`,
    group: [
      {
        source: SNOMED,
        ...(toConcepts && { target: SNOMED }),
        element: [...targets].map(([code, target]) => ({ code, target })),
      },
    ],
  }
}
