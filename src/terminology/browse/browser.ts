/** The answers to the terminology pages, over a library, its server and its editions. */

import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { ConceptRequest, CoverageTable, TerminologyBrowser, ValueSetView } from '#portal/terminology/browser.ts'
import { childrenOf, conceptView, type FoundConcept } from './concept.ts'
import { coverageTable } from './coverage.ts'
import { evaluate, findEdition, listEditions } from './ecl.ts'
import { indexesOf, isPreparing, languagesOf } from './indexes.ts'
import { listMaps, mapView } from './maps.ts'
import { search } from './search.ts'
import { type BrowseSources, openSystem } from './sources.ts'
import { expand, listValueSets, membershipsOf, valueSetView } from './value-sets.ts'

/** @param now what is served at this moment; asked anew for each question, so that a publication shows at once */
export function openBrowser(now: () => BrowseSources): TerminologyBrowser {
  return {
    async languages() {
      const sources = now()
      return languagesOf(await indexesOf(sources), sources)
    },
    isPreparing: () => isPreparing(now()),
    async systems() {
      const sources = now()
      return (await indexesOf(sources)).flatMap(({ versions }) => versions)
    },
    async search(request) {
      const sources = now()
      const unknown = request.systems.find((url) => !openSystem(sources, url))
      if (unknown !== undefined) return unknownSystem(unknown)
      if (request.valueSet !== undefined) {
        return expand(sources, { ...request, url: request.valueSet })
      }
      return ok(search(sources, await indexesOf(sources), request))
    },
    async concept(request) {
      const sources = now()
      const found = findConcept(sources, request)
      return found.ok ? ok(conceptView(sources, found.value, request)) : found
    },
    async children(request) {
      const found = findConcept(now(), request)
      return found.ok ? ok(childrenOf(found.value, request)) : found
    },
    async memberships(request) {
      const sources = now()
      const found = findConcept(sources, request)
      if (!found.ok) return found
      const { system, concept } = found.value
      return ok(await membershipsOf(sources, system.url, system.codeSystem.codeOf(concept)))
    },
    valueSets: async (request) => listValueSets(now(), request),
    async valueSet({ url, version }) {
      const sources = now()
      const resource = sources.library.valueSet(url, version)
      if (!resource) return unknownValueSet(url)
      const view = valueSetView(sources, resource)
      return ok(withCoverage(view, await coverageTable(sources.library)))
    },
    async expand(request) {
      const sources = now()
      if (!sources.library.valueSet(request.url, request.version)) return unknownValueSet(request.url)
      return expand(sources, request)
    },
    maps: async () => listMaps(now()),
    async map(request) {
      const sources = now()
      const resource = sources.library.conceptMap(request.url, request.version)
      if (!resource)
        return failed('unknown-map', `The concept map ${request.url} is not loaded.`, 'Look at the list of maps.')
      return ok(mapView(sources, resource, request))
    },
    editions: async ({ languages }) => listEditions(now(), languages),
    async evaluate(request) {
      const sources = now()
      const edition = findEdition(sources, request.edition)
      return edition ? ok(evaluate(sources, edition, request)) : unknownSystem(request.edition)
    },
    coverage: async () => coverageTable(now().library),
    releases: async () => (await now().releases?.()) ?? [],
  }
}

function findConcept(
  sources: BrowseSources,
  { system: url, code, version }: Pick<ConceptRequest, 'system' | 'code' | 'version'>,
): Result<FoundConcept, 'unknown-system' | 'unknown-version' | 'unknown-code'> {
  const system = openSystem(sources, url, version)
  if (!system) {
    if (version === undefined || !openSystem(sources, url)) return unknownSystem(url)
    return failed('unknown-version', `Version ${version} of ${url} is not loaded.`, 'Ask without a version.')
  }
  const located = system.codeSystem.locate(code)
  if (located.concept !== undefined) return ok({ system, concept: located.concept })
  const reason = 'reason' in located ? located.reason : undefined
  return failed('unknown-code', reason ?? `The code ${code} is not in ${url}.`, 'Search by its words.')
}

function unknownSystem(url: string): Failed<'unknown-system'> {
  return failed('unknown-system', `The code system ${url} is not loaded.`, 'Look at the list of code systems.')
}

function unknownValueSet(url: string): Failed<'unknown-value-set'> {
  return failed('unknown-value-set', `The value set ${url} is not loaded.`, 'Look at the list of value sets.')
}

function withCoverage(view: ValueSetView, { rows }: CoverageTable): ValueSetView {
  const row = rows.find(({ valueSet }) => valueSet.url === view.url)
  if (!row) return view
  const coverage = Object.entries(row.byLanguage).map(([language, { named, usable }]) => ({ language, named, usable }))
  return { ...view, concepts: row.concepts, coverage }
}
