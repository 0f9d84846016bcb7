/**
 * One order, and one set of names for nodes without a name, so that the same record always gives the same bytes: versions
 * can be compared, and an unchanged description is seen as such.
 *
 * Names come from what a node says and what is said of it: each round puts the colours of its neighbours into its own
 * (Weisfeiler and Leman), until no round tells more nodes apart. That decides all trees, which descriptions are; twins
 * that nothing tells apart are taken in the order found. W3C RDFC-1.0 decides every graph, but takes exponential time for
 * some, and its library takes seconds for one catalogue.
 */
import { hash } from 'node:crypto'
import { Writer } from 'n3'
import { DataFactory, nodeId, type Quad, Store, type Term } from './graph.ts'

/**
 * What telling nodes apart may cost, in looks at a node: a second or two. Descriptions need a few hundred thousand at most; of
 * graphs made to be costly, such as ten thousand pairs of twins, those that are left are taken in the order found.
 */
const MOST_LOOKS = 600_000

/** The triples of a graph in canonical order, with canonical names of nodes. */
export function canonicalQuads(graph: Store): readonly Quad[] {
  const names = canonicalNames(graph)
  const named = <T extends Term>(term: T): T =>
    term.termType === 'BlankNode' ? (DataFactory.blankNode(names.get(term.value) ?? term.value) as T) : term
  const renamed = graph
    .getQuads(null, null, null, null)
    .map(({ subject, predicate, object }) => DataFactory.quad(named(subject), predicate, named(object)))
  const lines = renamed.map((quad) => ({ quad, line: line(quad) }))
  return lines
    .sort((one, other) => (one.line < other.line ? -1 : one.line > other.line ? 1 : 0))
    .map(({ quad }) => quad)
}

/** The same as N-Triples, one a line. */
export function canonicalText(graph: Store): string {
  return canonicalQuads(graph).map(line).join('')
}

/** Whether two graphs say the same. Never true for two that do not. */
export function sameGraph(one: Store, other: Store): boolean {
  return one.size === other.size && canonicalText(one) === canonicalText(other)
}

/** The same triples with `prefix` before the names of nodes, so that several graphs can stand in one. */
export function renamed(graph: Store, prefix: string): Store {
  const named = <T extends Term>(term: T): T =>
    term.termType === 'BlankNode' ? (DataFactory.blankNode(`${prefix}${term.value}`) as T) : term
  const quads = graph.getQuads(null, null, null, null)
  return new Store(
    quads.map(({ subject, predicate, object }) => DataFactory.quad(named(subject), predicate, named(object))),
  )
}

const lines = new Writer({ format: 'N-Triples' })

function line(quad: Quad): string {
  return lines.quadsToString([quad])
}

/** What is said with one node without a name, the others still to be filled in. */
interface Saying {
  readonly before: string
  readonly other: string | undefined
}

function canonicalNames(graph: Store): ReadonlyMap<string, string> {
  const sayings = sayingsOf(graph)
  const effort = { looks: MOST_LOOKS }
  let colours = refined(new Map([...sayings.keys()].map((node) => [node, ''])), sayings, effort)
  while (effort.looks > 0) {
    const twins = smallestClass(colours)
    if (twins === undefined) break
    for (const [index, node] of twins.entries()) colours.set(node, `${colours.get(node)} ${index}`)
    colours = refined(colours, sayings, effort)
  }
  const ordered = [...colours].sort(([, one], [, other]) => (one < other ? -1 : one > other ? 1 : 0))
  return new Map(ordered.map(([node], index) => [node, `b${index}`]))
}

function sayingsOf(graph: Store): ReadonlyMap<string, readonly Saying[]> {
  const sayings = new Map<string, Saying[]>()
  const say = (node: string, saying: Saying) => {
    const known = sayings.get(node)
    if (known) known.push(saying)
    else sayings.set(node, [saying])
  }
  for (const { subject, predicate, object } of graph.getQuads(null, null, null, null)) {
    if (subject.termType === 'BlankNode') {
      if (object.termType === 'BlankNode') say(subject.value, { before: `> ${predicate.value}`, other: object.value })
      else say(subject.value, { before: `> ${predicate.value} ${termText(object)}`, other: undefined })
    }
    if (object.termType === 'BlankNode') {
      if (subject.termType === 'BlankNode') say(object.value, { before: `< ${predicate.value}`, other: subject.value })
      else say(object.value, { before: `< ${predicate.value} ${nodeId(subject)}`, other: undefined })
    }
  }
  return sayings
}

function termText(term: Term): string {
  return term.termType === 'Literal' ? JSON.stringify([term.value, term.language, term.datatype.value]) : nodeId(term)
}

/** Rounds until no more nodes are told apart. */
function refined(
  start: Map<string, string>,
  sayings: ReadonlyMap<string, readonly Saying[]>,
  effort: { looks: number },
): Map<string, string> {
  let colours = start
  let kinds = new Set(colours.values()).size
  for (let round = 0; effort.looks > 0 && kinds < colours.size; round += 1) {
    const last = colours
    effort.looks -= last.size
    const next = new Map(
      [...last].map(([node, colour]) => {
        const said = (sayings.get(node) ?? []).map(
          ({ before, other }) => `${before} ${other === undefined ? '' : last.get(other)}`,
        )
        return [node, hash('sha256', JSON.stringify([colour, ...said.sort()]))]
      }),
    )
    const more = new Set(next.values()).size
    // The first round must count even when it tells nobody apart: it makes the colour independent of the start.
    if (more === kinds && round > 0) return last
    colours = next
    kinds = more
  }
  return colours
}

/** The smallest set of nodes of one colour, if any colour has several: parents are fewer than their children. */
function smallestClass(colours: ReadonlyMap<string, string>): readonly string[] | undefined {
  const classes = Map.groupBy(colours.keys(), (node) => colours.get(node) ?? '')
  const several = [...classes].filter(([, nodes]) => nodes.length > 1)
  several.sort(([one, first], [other, second]) => first.length - second.length || (one < other ? -1 : 1))
  return several[0]?.[1]
}
