/** A short name for any resource, for links to it. */
import { type Node, node, nodes, text } from '../fhir/node.ts'
import { containedIn } from '../fhir/references.ts'
import { type Build, follow } from './build.ts'
import { partyName } from './people.ts'
import { term } from './words.ts'

const NAMING = [
  'code',
  'vaccineCode',
  'medicationCodeableConcept',
  'medication',
  'type',
  'category',
  'description',
] as const

export function nameOf(build: Build, resource: Node, depth = 0): string | undefined {
  if (build.names.has(resource)) return build.names.get(resource)
  const name = findName(build, resource, depth)
  build.names.set(resource, name)
  return name
}

function findName(build: Build, resource: Node, depth: number): string | undefined {
  const person = partyName(build, resource)
  if (person !== undefined) return person
  for (const field of NAMING) {
    const words = term(build, resource[field])
    if (words !== undefined && words.text !== '–') return words.text
  }
  if (depth > 3) return undefined
  for (const field of ['medicationReference', 'medication', 'device'] as const) {
    const reference = text(node(resource[field])?.reference)
    if (reference === undefined) continue
    const target = reference.startsWith('#') ? containedIn(resource, reference) : follow(build, reference)
    const name = (target ? nameOf(build, target, depth + 1) : undefined) ?? text(node(resource[field])?.display)
    if (name !== undefined) return name
  }
  return nodes(resource.identifier)
    .map(({ value }) => text(value))
    .find((value) => value !== undefined)
}
