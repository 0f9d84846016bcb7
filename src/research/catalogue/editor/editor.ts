/**
 * What a page needs to let a person describe a dataset: the fields with their words, what is mandatory under the access
 * rights chosen, the code lists, and for each field what is wrong. What is mandatory comes from the shapes themselves.
 */

import { exampleOf } from '../gate/examples.ts'
import { judge } from '../gate/gate.ts'
import { type DescriptionProblem, propertyKey } from '../gate/problem.ts'
import { type AccessRights, type Profile, shapesOf } from '../gate/shapes.ts'
import { VOCABULARIES, type Vocabulary, withCurrentAddresses } from '../gate/vocabularies.ts'
import { DataFactory, iri, type Store, type Term } from '../rdf/graph.ts'
import { DATASET_SHAPE, type DatasetRecord } from '../record/dataset-record.ts'
import type { Field, Shape } from '../record/shape.ts'
import { withNames, writeRecord } from '../record/write-record.ts'

export type Need = 'mandatory' | 'recommended' | 'optional'

export interface EditorField {
  /** Name in the record. */
  readonly name: string
  readonly property: string
  readonly kind: Field['kind']
  readonly many: boolean
  readonly need: Need
  /** Message keys; the help is there for every field that is mandatory. */
  readonly labelKey: string
  readonly helpKey: string
  readonly example: string | undefined
  /** Addresses to choose from, where they come from a list. `codes` absent: any code of the list. */
  readonly list:
    | { readonly id: string; readonly base: string; readonly codes: readonly string[] | undefined }
    | undefined
  /** Fields of the nodes inside. */
  readonly fields: readonly EditorField[]
}

const SH = 'http://www.w3.org/ns/shacl#'
const sh = (name: string) => DataFactory.namedNode(SH + name)

/** The form for these access rights, in the order of the record. */
export function editorFields(access: AccessRights): readonly EditorField[] {
  const shapes = shapesOf({ release: 'r8', access })
  return fieldsOf(shapes, DATASET_SHAPE, targeting(shapes, DATASET_SHAPE.type), undefined)
}

/** Shapes that hold for a class. */
function targeting(shapes: Store, type: string): readonly Term[] {
  return shapes.getSubjects(sh('targetClass'), DataFactory.namedNode(iri(type)), null)
}

function fieldsOf(
  shapes: Store,
  shape: Shape,
  holding: readonly Term[],
  inside: string | undefined,
): readonly EditorField[] {
  return Object.entries(shape.fields).map(([name, field]) => {
    const constraints = constraintsOn(shapes, holding, field.property)
    const nested = field.kind === 'node' ? field.shape : undefined
    const through = constraints.flatMap((one) => shapes.getObjects(one, sh('node'), null))
    const list = listOf(field.property, shape.type, inside)
    return {
      name,
      property: field.property,
      kind: field.kind,
      many: field.many,
      need: needOf(shapes, constraints),
      labelKey: propertyKey(field.property),
      helpKey: `${propertyKey(field.property)}.write`,
      example: exampleOf(field.property),
      list: list && { id: list.id, base: list.base, codes: list.codes },
      fields: nested ? fieldsOf(shapes, nested, [...targeting(shapes, nested.type), ...through], field.property) : [],
    }
  })
}

function constraintsOn(shapes: Store, holding: readonly Term[], property: string): readonly Term[] {
  const path = DataFactory.namedNode(iri(property))
  const all = holding.flatMap((shape) => shapes.getObjects(shape, sh('property'), null))
  return all.filter((one) => shapes.countQuads(one, sh('path'), path, null) > 0)
}

function needOf(shapes: Store, constraints: readonly Term[]): Need {
  const asked = constraints.filter((one) =>
    shapes.getObjects(one, sh('minCount'), null).some(({ value }) => Number(value) > 0),
  )
  if (asked.length === 0) return 'optional'
  const warns = (one: Term) => shapes.countQuads(one, sh('severity'), sh('Warning'), null) > 0
  return asked.every(warns) ? 'recommended' : 'mandatory'
}

function listOf(property: string, type: string, inside: string | undefined): Vocabulary | undefined {
  return VOCABULARIES.find(({ rules }) =>
    rules.some(
      (rule) => rule.property === property && (rule.through === undefined ? rule.on === type : rule.through === inside),
    ),
  )
}

export interface EditorJudgement {
  readonly conforms: boolean
  /** By field of the record: `title`, `distribution[0].accessUrl`; those without a field under the empty name. */
  readonly problems: ReadonlyMap<string, readonly DescriptionProblem[]>
}

/** What is wrong with a record that is being written, field by field. */
export async function judgeRecord(record: DatasetRecord, access: AccessRights): Promise<EditorJudgement> {
  const profile: Profile = { release: 'r8', access }
  const named = withNames(record)
  const { graph } = withCurrentAddresses(writeRecord(named))
  const { conforms, problems } = await judge(graph, record.node, profile, named)
  return { conforms, problems: Map.groupBy(problems, ({ field }) => field) }
}

/** A new, empty description: only what is the same for every health dataset. */
export function newRecord(address: string, access: AccessRights): DatasetRecord {
  const authority = 'http://publications.europa.eu/resource/authority'
  return {
    node: address,
    accessRights: `${authority}/access-right/${access}`,
    applicableLegislation: ['http://data.europa.eu/eli/reg/2025/327/oj'],
    theme: [`${authority}/data-theme/HEAL`],
    rest: '',
  }
}
