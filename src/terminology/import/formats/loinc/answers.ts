/** Answer lists (LL…) and answers (LA…): concepts of LOINC, and one value set for each list. */
import { COMMA, tableRows } from '../../input/csv.ts'
import { type ConceptJson, type ImportedResource, oidIdentifier, type PropertyJson } from '../../resource.ts'
import type { ReadContext } from '../format.ts'
import { LOINC, type Release } from './loinc.ts'

export interface Answers {
  /** Concepts for lists and answers. */
  readonly concepts: ReadonlyMap<string, ConceptJson>
  /** Answer lists of a LOINC code, as properties. */
  readonly listsOf: ReadonlyMap<string, readonly PropertyJson[]>
  valueSets(version: string | undefined): readonly ImportedResource[]
}

interface AnswerList {
  readonly name: string
  readonly oid: string
  readonly answers: { readonly code: string; readonly display: string; readonly sequence: number }[]
}

export async function readAnswers(release: Release, context: ReadContext): Promise<Answers> {
  const lists = new Map<string, AnswerList>()
  const concepts = new Map<string, ConceptJson>()
  const listsOf = new Map<string, PropertyJson[]>()
  const file = release.answerLists
  if (file) {
    context.used(file)
    const required = ['AnswerListId', 'AnswerListName', 'AnswerStringId', 'DisplayText']
    for await (const row of tableRows(file, COMMA, required, (what) => context.complain(file, what))) {
      const id = row.get('AnswerListId')
      if (id === '') continue
      const list = lists.get(id) ?? { name: row.get('AnswerListName'), oid: row.get('AnswerListOID'), answers: [] }
      lists.set(id, list)
      concepts.set(id, { code: id, display: list.name })
      const code = row.get('AnswerStringId')
      // A list that is defined elsewhere has no answers here.
      if (code === '') continue
      const display = row.get('DisplayText')
      list.answers.push({ code, display, sequence: Number(row.get('SequenceNumber')) || list.answers.length + 1 })
      if (!concepts.has(code)) concepts.set(code, { code, ...(display !== '' && { display }) })
    }
  }
  await readLinks(release, context, listsOf)
  return {
    concepts,
    listsOf,
    valueSets: (version) =>
      [...lists].flatMap(([id, list]) => (list.answers.length === 0 ? [] : [valueSet(id, list, version)])),
  }
}

async function readLinks(release: Release, context: ReadContext, listsOf: Map<string, PropertyJson[]>): Promise<void> {
  const file = release.answerLinks
  if (!file) return
  context.used(file)
  for await (const row of tableRows(file, COMMA, ['LoincNumber', 'AnswerListId'], (what) =>
    context.complain(file, what),
  )) {
    const properties = listsOf.get(row.get('LoincNumber')) ?? []
    listsOf.set(row.get('LoincNumber'), properties)
    const code = row.get('AnswerListId')
    if (properties.some(({ valueCoding }) => valueCoding?.code === code)) continue
    properties.push({ code: 'answer-list', valueCoding: { system: LOINC, code, display: row.get('AnswerListName') } })
  }
}

function valueSet(id: string, { name, oid, answers }: AnswerList, version: string | undefined): ImportedResource {
  const seen = new Set<string>()
  const concept = [...answers]
    .sort((left, right) => left.sequence - right.sequence)
    .flatMap(({ code, display }) => {
      if (seen.has(code)) return []
      seen.add(code)
      return [{ code, ...(display !== '' && { display }) }]
    })
  return {
    resourceType: 'ValueSet',
    url: `${LOINC}/vs/${id}`,
    ...(oid !== '' && { identifier: oidIdentifier(oid) }),
    ...(version !== undefined && { version }),
    name: id.replace('-', '_'),
    title: name,
    status: 'active',
    language: 'en',
    compose: { include: [{ system: LOINC, concept }] },
  }
}
