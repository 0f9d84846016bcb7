/** Tessera's side of the terminology benchmark, in a process of its own: what a node that serves an edition takes. */
import { statSync, writeFileSync } from 'node:fs'
import { wordsOf } from '../../src/terminology/flat/fold.ts'
import { openEdition } from '../../src/terminology/snomed/edition.ts'
import { searchEdition } from '../../src/terminology/snomed/search.ts'
import { type Measured, makeQueries, perSecond, spread } from './queries.ts'

const [file = '', queriesFile = ''] = process.argv.slice(2)
const opened = await openEdition(file)
if (!opened.ok) throw new Error(opened.problem.sentence)
const edition = opened.value
searchEdition(edition, 'a')
// From the start of the process to the first answer.
const used = process.cpuUsage()
const coldStart = { wall: performance.now(), cpu: (used.user + used.system) / 1000 }

const subtrees: string[] = []
for (let concept = 0; concept < edition.conceptCount; concept += 1) {
  const size = edition.descendantsOf(concept).length
  if (size > edition.conceptCount / 2000 && size < edition.conceptCount / 10) subtrees.push(edition.sctidOf(concept))
}
const queries = makeQueries(
  (random) => {
    const description = Math.floor(random * edition.descriptions.count)
    const isEnglish = edition.descriptions.languages[edition.descriptions.languageAt(description)] === 'en'
    return isEnglish ? wordsOf(edition.descriptions.termAt(description)) : []
  },
  (random) => edition.sctidOf(Math.floor(random * edition.conceptCount)),
  subtrees,
)
writeFileSync(queriesFile, JSON.stringify(queries))
/** Found once per subtree, as a server keeps them. */
const known = new Map<number, Uint32Array>()
function belowOrSelf(concept: number): Uint32Array {
  const list = known.get(concept) ?? Uint32Array.from([concept, ...edition.descendantsOf(concept)]).sort()
  known.set(concept, list)
  return list
}
const ask = ({ text, under }: { readonly text: string; readonly under?: string }) => {
  const ancestor = under === undefined ? -1 : edition.ordinalOf(under)
  const within =
    ancestor < 0
      ? {}
      : { within: { has: (concept: number) => edition.isA(concept, ancestor), list: belowOrSelf(ancestor) } }
  return searchEdition(edition, text, { languages: ['en'], ...within }).hits.map(
    ({ concept, description }) => edition.sctidOf(concept) + edition.descriptions.termAt(description),
  )
}
const classes = Object.fromEntries(Object.entries(queries.classes).map(([name, items]) => [name, spread(items, ask)]))
const lookups = perSecond(queries.ids, (id) => {
  const concept = edition.ordinalOf(id)
  return [edition.preferredTerm(concept, ['en']), edition.isActive(concept), [...edition.descriptionsOf(concept)]]
})
const subsumptions = perSecond(queries.ids, (id, other) => edition.isA(edition.ordinalOf(id), edition.ordinalOf(other)))
const measured: Measured = {
  what: 'Tessera',
  coldStart,
  residentMegabytes: process.memoryUsage.rss() / 1e6,
  classes,
  lookups,
  subsumptions,
  megabytes: statSync(file).size / 1e6,
}
process.stdout.write(JSON.stringify(measured))
