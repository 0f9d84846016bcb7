/** Resources → rows: a report with its results below it, repeated measurements as one row with a trend. */
import { type Node, node, nodes, text } from '../../fhir/node.ts'
import { type Build, say, sourceWords } from '../build.ts'
import { nameOf } from '../name-of.ts'
import type { Row } from '../summary-view.ts'
import { faceOf } from './faces.ts'
import { newestFirst, observationFace, trendKey } from './observation.ts'
import { rowOf } from './row.ts'

/** Fields by which a resource holds others together. */
const MEMBERS = ['result', 'hasMember', 'goal', 'member'] as const

function members(build: Build, resource: Node): readonly Node[] {
  return MEMBERS.flatMap((field) =>
    nodes(resource[field]).flatMap((item) => {
      const reference = text(item.reference)
      const target = reference === undefined ? undefined : build.index.find(reference, build.entry)?.resource
      return target && target !== resource ? [target] : []
    }),
  )
}

function at(build: Build, resource: Node): void {
  const entry = build.entries.get(resource)
  build.entry = entry
  if (entry) build.path = `entry[${entry.index}].resource`
}

/** A second mention of a resource: only its name, with a link to its row. */
function mention(build: Build, resource: Node, level: number): Row {
  const name = nameOf(build, resource) ?? text(resource.resourceType) ?? ''
  const anchor = build.anchors.get(resource) ?? ''
  const language = build.sameLanguage ? {} : { language: build.source }
  return {
    id: '',
    type: text(resource.resourceType) ?? '',
    term: [{ kind: 'link', href: `#${anchor}`, text: name, ...language }],
    tags: [{ text: say(build, 'summary.shownElsewhere'), tone: 'plain' }],
    subs: [],
    second: [],
    original: [],
    fate: 'none',
    codes: [],
    details: [],
    level,
  }
}

/** Rows of resources in their order. A resource gets one full row in the whole page. */
export function rowsOf(build: Build, resources: readonly Node[], level = 0): Row[] {
  const groups = new Map<string, Node[]>()
  for (const resource of resources) {
    if (resource.resourceType !== 'Observation' || build.placed.has(resource)) continue
    const key = trendKey(resource)
    if (key === undefined) continue
    const group = groups.get(key)
    if (!group) groups.set(key, [resource])
    else if (!group.includes(resource)) group.push(resource)
  }
  const rows: Row[] = []
  const here = new Set<Node>()
  for (const resource of resources) {
    if (build.placed.has(resource)) {
      if (!here.has(resource)) rows.push(mention(build, resource, level))
      here.add(resource)
      continue
    }
    at(build, resource)
    const group = groups.get(trendKey(resource) ?? '')
    if (resource.resourceType === 'Observation' && group && group.length > 1) {
      const [latest, ...earlier] = [...group].sort(newestFirst)
      if (!latest) continue
      for (const one of group) {
        build.placed.add(one)
        here.add(one)
      }
      at(build, latest)
      rows.push(rowOf(build, latest, observationFace(build, latest, earlier), level))
      continue
    }
    build.placed.add(resource)
    here.add(resource)
    rows.push(rowOf(build, resource, faceOf(build, resource), level))
    const below = members(build, resource).filter((member) => !build.placed.has(member))
    if (below.length > 0) {
      for (const row of rowsOf(build, below, Math.min(level + 1, 3))) rows.push(row)
      at(build, resource)
      for (const member of below) here.add(member)
    }
  }
  return rows
}

/** A reference of a section to something that the document does not hold. */
export function missingRow(build: Build, item: Node): Row {
  const display = text(item.display)
  const reference = text(item.reference) ?? text(node(item.identifier)?.value) ?? '–'
  return {
    id: '',
    type: '',
    term: [display === undefined ? { kind: 'literal', text: reference } : sourceWords(build, display)],
    tags: [{ text: say(build, 'summary.notInDocument'), tone: 'warn' }],
    subs: display === undefined ? [] : [[{ kind: 'literal', text: reference }]],
    second: [],
    original: [],
    fate: 'none',
    codes: [],
    details: [],
    level: 0,
  }
}
