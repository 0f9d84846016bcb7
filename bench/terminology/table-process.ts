/** One measurement of large code systems in a process of its own; prints JSON. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ResourceEntry } from '../../src/terminology/artifacts/artifact.ts'
import type { CodeSystem } from '../../src/terminology/code-systems/code-system.ts'
import { type ConceptTable, nestedElements } from '../../src/terminology/code-systems/concept-table.ts'
import { readConceptTable } from '../../src/terminology/code-systems/table/read.ts'
import { importTerminology } from '../../src/terminology/import/import.ts'
import { createLibrary } from '../../src/terminology/library/library.ts'
import { memoryStore, openResourceFile } from '../../src/terminology/library/resource-store.ts'
import type { JsonObject } from '../../src/terminology/load/json.ts'
import { matchText } from '../../src/terminology/operations/text-filter.ts'

export interface ImportMeasured {
  readonly folder: string
  readonly concepts: number
  readonly designations: number
  readonly cpuSeconds: number
  readonly peakBytes: number
}

export interface ServedMeasured {
  readonly openMs: number
  readonly sharedBytes: number
  readonly ownBytes: number
  readonly lookupMicros: number
  readonly searchMs: number
  readonly filterMs: number
  readonly belowMs: number
  /** Concepts that searches and filters found together. */
  readonly found: number
}

const LOINC = 'http://loinc.org'

const [task, ...words] = process.argv.slice(2)
console.log(JSON.stringify(task === 'import' ? await importRelease(words) : await serve(words)))

async function importRelease([path = '', home = '', cache = '']: readonly string[]): Promise<ImportMeasured> {
  const result = await importTerminology(path, { home, cache: join(cache, 'cache') })
  if (!result.ok) throw new Error(result.problem.sentence)
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const { layer, concepts, designations } = result.value
  return {
    folder: dirname(layer),
    concepts,
    designations,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakBytes: maxRSS * 1024,
  }
}

async function serve([how, folder = '']: readonly string[]): Promise<ServedMeasured> {
  const index = JSON.parse(readFileSync(join(folder, 'resources.index.json'), 'utf8')) as readonly ResourceEntry[]
  const texts = how === 'objects' ? await asText(folder, index) : undefined
  const before = memory()
  const start = performance.now()
  let sharedBytes = 0
  let codeSystem: CodeSystem | undefined
  if (texts) {
    const [resource, ...supplements] = texts.map((text) => JSON.parse(text) as JsonObject)
    const library = createLibrary({ stores: [memoryStore([resource ?? {}])] })
    codeSystem = library.codeSystem(LOINC, undefined, supplements)
    codeSystem?.parents(0)
  } else {
    const tables = new Map<string, ConceptTable>()
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.table'))) {
      const read = await readConceptTable(join(folder, name))
      if (!read.ok) throw new Error(read.problem.sentence)
      tables.set(name, read.value.table)
      sharedBytes += read.value.shared.byteLength
    }
    const store = openResourceFile(join(folder, 'resources.ndjson'), index, (name) => {
      const table = tables.get(name)
      if (!table) throw new Error(name)
      return table
    })
    codeSystem = createLibrary({ stores: [store] }).codeSystem(LOINC)
  }
  const openMs = performance.now() - start
  if (!codeSystem) throw new Error('no LOINC')
  const figures = ask(codeSystem)
  return { openMs, sharedBytes, ...figures, ownBytes: memory() - before - sharedBytes }
}

/** The same resources as they were before there were tables. */
async function asText(folder: string, index: readonly ResourceEntry[]): Promise<readonly string[]> {
  const lines = readFileSync(join(folder, 'resources.ndjson'))
  const texts: string[] = []
  for (const { offset, length, table } of index) {
    const resource = JSON.parse(lines.toString('utf8', offset, offset + length)) as JsonObject
    if (table === undefined) continue
    const read = await readConceptTable(join(folder, table))
    if (!read.ok) throw new Error(read.problem.sentence)
    texts.push(JSON.stringify({ ...resource, concept: [...nestedElements(read.value.table)] }))
  }
  return texts
}

function memory(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function ask(codeSystem: CodeSystem) {
  const all = codeSystem.all()
  if (!all) throw new Error('no concepts')
  let found = 0
  const lookup = (round: number) => {
    for (let step = 0; step < 2000; step += 1) {
      const number = (step * 7919 + round * 31) % 100_000
      const { concept } = codeSystem.locate(`${number}-${number % 10}`)
      if (concept !== undefined) found += Math.min(1, codeSystem.designations(concept).length)
    }
  }
  const search = (text: string) => {
    const group = { codeSystem, set: all, elements: new Map(), source: {} } as unknown as Parameters<
      typeof matchText
    >[0]
    found += [...matchText(group, text, undefined).iterate()].length
  }
  const filter = (property: string, op: string, value: string) => {
    const selected = codeSystem.select([{ property, op, value }])
    if (selected.ok) found += [...selected.set.iterate()].length
  }
  return {
    lookupMicros: (middle([1, 2, 3, 4, 5].map((round) => () => lookup(round))) * 1000) / 2000,
    searchMs: middle(
      ['gluka', 'ri tor', 'phane sol', 'menfr', 'xicu li', 'berde mo', 'stith'].map((text) => () => search(text)),
    ),
    filterMs: middle(
      [
        ['STATUS', '=', 'DEPRECATED'],
        ['COMPONENT', '=', 'LP17-1'],
        ['VersionLastChanged', 'regex', '2\\.1.*'],
      ].map(
        ([property = '', op = '', value = '']) =>
          () =>
            filter(property, op, value),
      ),
    ),
    belowMs: middle(['LP1-1', 'LP2-1', 'LP9-1'].map((code) => () => filter('concept', 'is-a', code))),
    found,
  }
}

/** Median milliseconds; each work once before it counts. */
function middle(works: readonly (() => void)[]): number {
  for (const work of works) work()
  const times = works.map((work) => {
    const start = performance.now()
    work()
    return performance.now() - start
  })
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
}
