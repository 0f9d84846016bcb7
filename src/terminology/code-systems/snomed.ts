/** Editions and versions of SNOMED CT as one code system: `http://snomed.info/sct`. */
import { readFileSync } from 'node:fs'
import { type Ecl, openEcl } from '../ecl/index.ts'
import { isObject } from '../load/json.ts'
import type { FhirProperty } from '../operations/fhir.ts'
import { FULLY_SPECIFIED_NAME, SYNONYM, TEXT_DEFINITION } from '../snomed/concepts.ts'
import type { Edition } from '../snomed/edition.ts'
import type {
  CodeSystem,
  CodeSystemFamily,
  CodeSystemIdentity,
  ConceptDesignation,
  ConceptHandle,
  ConceptSet,
  Located,
  Selected,
} from './code-system.ts'
import { rangeSet } from './sets.ts'
import { createSnomedExpressions, type SnomedExpressions } from './snomed-expressions.ts'
import { translateFilters } from './snomed-filters.ts'
import { implicitSnomedMap, implicitSnomedValueSet } from './snomed-implicit.ts'
import { combineByEcl, eclSet, isSnomedSet, searchSet } from './snomed-sets.ts'
import { subtreeOf } from './snomed-subtree.ts'
import { createSupplementedSystem } from './supplemented.ts'

export const SNOMED = 'http://snomed.info/sct'

export interface SnomedEdition {
  readonly edition: Edition
  /** Where it is open already. */
  readonly ecl?: Ecl
}

export function createSnomedFamily(editions: readonly SnomedEdition[]): CodeSystemFamily {
  const opened = new Map<string, CodeSystem>()
  const byVersion = new Map(editions.map((each) => [each.edition.uri, each]))
  const usual = defaultEdition(editions)
  const open = (version: string): CodeSystem | undefined => {
    const known = opened.get(version)
    if (known) return known
    const given = byVersion.get(version)
    if (!given) return undefined
    const made = createSnomedSystem(given)
    opened.set(version, made)
    return made
  }
  return {
    url: SNOMED,
    versions: () =>
      editions.map(({ edition }) => ({
        version: edition.uri,
        content: 'complete' as const,
        ...(edition === usual?.edition && { isDefault: true }),
      })),
    open(version, supplements = []) {
      const codeSystem = version === undefined ? undefined : open(version)
      if (!codeSystem || supplements.length === 0) return codeSystem
      return createSupplementedSystem(codeSystem, supplements)
    },
    // `…/sct/<module>` is the edition: its newest version; a date alone is a version of the default edition.
    matches: (requested, listed) =>
      listed.startsWith(`${requested}/version/`) ||
      (/^\d{8}$/.test(requested) && listed.endsWith(`/version/${requested}`)),
    implicitValueSet: (url) =>
      implicitSnomedValueSet(
        url,
        editions.map(({ edition }) => edition),
      ),
    implicitConceptMap: (url) =>
      implicitSnomedMap(
        url,
        editions.map(({ edition }) => edition),
      ),
  }
}

/** The International Edition where it is served, otherwise the first; of each its newest version. */
function defaultEdition(editions: readonly SnomedEdition[]): SnomedEdition | undefined {
  const international = editions.filter(({ edition }) => edition.module === '900000000000207008')
  const [first] = editions
  const candidates =
    international.length > 0
      ? international
      : editions.filter(({ edition }) => edition.module === first?.edition.module)
  return [...candidates].sort((left, right) => right.edition.version.localeCompare(left.edition.version))[0]
}

let editionNames: ReadonlyMap<string, string> | undefined

function editionName(module: string): string | undefined {
  if (!editionNames) {
    const file = new URL('../../../data/terminology/snomed-editions.json', import.meta.url)
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const editions = isObject(content) && isObject(content.editions) ? content.editions : {}
    editionNames = new Map(Object.entries(editions).map(([key, name]) => [key, String(name)]))
  }
  return editionNames.get(module)
}

const USES: Readonly<Record<string, string>> = {
  [FULLY_SPECIFIED_NAME]: 'Fully specified name',
  [SYNONYM]: 'Synonym',
  [TEXT_DEFINITION]: 'Definition',
}

function identityOf(edition: Edition): CodeSystemIdentity {
  const name = editionName(edition.module)
  return {
    url: SNOMED,
    version: edition.uri,
    name: 'SNOMED_CT',
    title: name === undefined ? 'SNOMED CT' : `SNOMED CT ${name}`,
    status: 'active',
    experimental: false,
    content: 'complete',
    caseSensitive: true,
    compositional: true,
    hierarchyMeaning: 'is-a',
    language: 'en',
    valueSet: `${SNOMED}?fhir_vs`,
    ...(name !== undefined && { edition: name }),
    properties: [
      { code: 'inactive', uri: 'http://hl7.org/fhir/concept-properties#inactive', type: 'boolean' },
      { code: 'sufficientlyDefined', uri: `${SNOMED}#sufficientlyDefined`, type: 'boolean' },
      { code: 'moduleId', uri: `${SNOMED}#moduleId`, type: 'code' },
      { code: 'effectiveTime', uri: `${SNOMED}#effectiveTime`, type: 'string' },
    ],
    supplements: [],
  }
}

function createSnomedSystem({ edition, ecl = openEcl(edition) }: SnomedEdition): CodeSystem {
  const identity = identityOf(edition)
  const everyone = rangeSet(edition.conceptCount)
  const usualLanguages = [...new Set(['en-US', 'en', ...edition.descriptions.languages])]

  const usualTerm = (concept: number) =>
    edition.preferredTerm(concept, usualLanguages) ?? edition.fullySpecifiedName(concept, usualLanguages)
  const expressions = createSnomedExpressions(edition, ecl, (concept) => usualTerm(concept)?.term)

  const all: ConceptSet = {
    ...everyone,
    open: true,
    has: (concept) => (typeof concept === 'string' ? expressions.get(concept) !== undefined : everyone.has(concept)),
  }

  const designations = (concept: number): readonly ConceptDesignation[] => {
    const usual = usualTerm(concept)?.description
    const found: ConceptDesignation[] = []
    const { from, to } = edition.descriptions.rangeOf(concept)
    for (let at = from; at < to; at += 1) {
      const row = edition.descriptions.rowAt(at)
      if (row.type === TEXT_DEFINITION) continue
      const preferred = row.active && [...row.acceptability.values()].includes('preferred')
      const designation: ConceptDesignation = {
        value: row.term,
        language: row.language,
        use: { system: SNOMED, code: row.type, ...(USES[row.type] !== undefined && { display: USES[row.type] }) },
        ...(at === usual && { isDisplay: true }),
        ...(preferred && row.type === SYNONYM && { preferred }),
        ...(!(row.active && edition.isActive(concept)) && !row.active && { inactive: true, status: 'inactive' }),
      }
      if (at === usual) found.unshift(designation)
      else found.push(designation)
    }
    return found
  }

  const codeSystem: CodeSystem = {
    identity,
    hierarchical: false,
    locate(code): Located {
      const concept = edition.ordinalOf(code)
      if (concept >= 0) return { concept }
      return locateExpression(code, expressions)
    },
    codeOf: (concept) => (typeof concept === 'number' ? edition.sctidOf(concept) : concept),
    display: (concept) => (typeof concept === 'number' ? usualTerm(concept)?.term : expressions.get(concept)?.display),
    designations(concept) {
      if (typeof concept === 'number') return designations(concept)
      const display = expressions.get(concept)?.display
      return display === undefined ? [] : [{ value: display, isDisplay: true }]
    },
    preferred(concept, languages) {
      if (typeof concept === 'string') return undefined
      const term = edition.preferredTerm(concept, languages)
      return term && { value: term.term, language: term.language, preferred: true }
    },
    definition(concept) {
      if (typeof concept === 'string') return undefined
      for (const row of edition.descriptionsOf(concept)) {
        if (row.active && row.type === TEXT_DEFINITION) return row.term
      }
      return undefined
    },
    isInactive: (concept) => typeof concept === 'number' && !edition.isActive(concept),
    isAbstract: () => false,
    status: (concept) => (typeof concept === 'number' && !edition.isActive(concept) ? 'inactive' : undefined),
    properties: (concept) => (typeof concept === 'number' ? propertiesOf(edition, concept) : []),
    lookupProperties: (concept) => (typeof concept === 'number' ? [...attributesOf(codeSystem, edition, concept)] : []),
    parents(concept) {
      if (typeof concept === 'number') return [...edition.parentsOf(concept)]
      return expressions.get(concept)?.focus ?? []
    },
    children: (concept) => (typeof concept === 'number' ? [...edition.childrenOf(concept)] : []),
    subsumes: (ancestor, descendant) => subsumes(edition, ecl, expressions, ancestor, descendant),
    all: () => all,
    select: (filters): Selected => {
      const translated = translateFilters(ecl, filters)
      if (!translated.ok) return translated
      const { ecl: text, expressions: open } = translated
      const hasExpression = (code: string): boolean => expressions.get(code)?.matches(text) ?? false
      const subtree = subtreeOf(edition, text)
      return { ok: true, set: eclSet(ecl, text, { subtree, ...(open && { hasExpression }) }) }
    },
    search: (text, within, languages) => searchSet(edition, text, within, languages),
    combine: (operation, left, right) => combineByEcl(ecl, operation, left, right),
    onlyActive(set) {
      if (isSnomedSet(set)) return set
      if (set === all) return eclSet(ecl, '*')
      return {
        has: (concept) => set.has(concept) && !codeSystem.isInactive(concept),
        *iterate(offset = 0) {
          let skipped = 0
          for (const concept of set.iterate()) {
            if (!codeSystem.isInactive(concept) && skipped++ >= offset) yield concept
          }
        },
      }
    },
    filters: [
      {
        code: 'concept',
        operators: ['is-a', 'descendent-of', 'child-of', 'generalizes', 'is-not-a', 'in', 'not-in', '='],
      },
      { code: 'constraint', operators: ['='] },
      { code: 'expression', operators: ['='] },
      { code: 'expressions', operators: ['='] },
      { code: 'moduleId', operators: ['='] },
      { code: 'inactive', operators: ['='] },
    ],
  }
  return codeSystem
}

function subsumes(
  edition: Edition,
  ecl: Ecl,
  expressions: SnomedExpressions,
  ancestor: ConceptHandle,
  descendant: ConceptHandle,
): boolean {
  if (ancestor === descendant) return true
  if (typeof ancestor === 'number' && typeof descendant === 'number') return edition.isA(descendant, ancestor)
  if (typeof ancestor === 'number') {
    return expressions.get(String(descendant))?.matches(`<< ${edition.sctidOf(ancestor)}`) ?? false
  }
  const above = expressions.get(ancestor)
  if (!above) return false
  if (typeof descendant === 'string') return expressions.get(descendant)?.matches(above.constraint) ?? false
  const result = ecl.matches(above.constraint, descendant)
  return result.ok && result.value
}

function propertiesOf(edition: Edition, concept: number): readonly FhirProperty[] {
  return [
    { code: 'sufficientlyDefined', type: 'valueBoolean', value: edition.isDefined(concept) },
    { code: 'moduleId', type: 'valueCode', value: edition.moduleOf(concept) },
    { code: 'effectiveTime', type: 'valueString', value: String(edition.effectiveTimeOf(concept)) },
  ]
}

/** Attributes, grouped as the edition groups them; what became of an inactive concept. */
function* attributesOf(codeSystem: CodeSystem, edition: Edition, concept: number): Generator<FhirProperty> {
  const attribute = (type: number, target: ReturnType<Edition['attributesOf']>[number]['target']): FhirProperty => {
    const code = edition.sctidOf(type)
    if (typeof target !== 'number') {
      const kind =
        target.kind === 'number' ? 'valueDecimal' : target.kind === 'boolean' ? 'valueBoolean' : 'valueString'
      return { code, type: kind, value: target.value }
    }
    const description = codeSystem.display(target)
    return {
      code,
      type: 'valueCode',
      value: edition.sctidOf(target),
      ...(description !== undefined && { description }),
    }
  }
  const groups = new Map<number, FhirProperty[]>()
  for (const { group, type, target } of edition.attributesOf(concept)) {
    const property = attribute(type, target)
    if (group === 0) yield property
    else groups.set(group, [...(groups.get(group) ?? []), property])
  }
  for (const [group, subproperty] of groups) {
    yield { code: '609096000', type: 'valueString', value: String(group), subproperty }
  }
  if (edition.isActive(concept)) return
  for (const { referenceSet, meaning, target } of edition.associationsOf(concept)) {
    const ordinal = edition.ordinalOf(target)
    const description = ordinal < 0 ? undefined : codeSystem.display(ordinal)
    const code = meaning ?? referenceSet
    yield { code, type: 'valueCode', value: target, ...(description !== undefined && { description }) }
  }
}

function locateExpression(code: string, expressions: SnomedExpressions): Located {
  const reading = expressions.read(code)
  if (reading.ok) return { concept: code, note: 'expression_unchecked' }
  return { concept: undefined, ...(reading.reason !== undefined && { reason: reading.reason }) }
}
