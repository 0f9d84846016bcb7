/** Reads the files of a release in the order in which each can refer to the one before. */
import type { Problem } from '#platform/result/result.ts'
import type { Release, Rf2File } from '../rf2/find.ts'
import type { Content } from '../rf2/names.ts'
import { readRf2 } from '../rf2/read.ts'
import type { RowVisitor } from '../rf2/rows.ts'
import { type RowContext, type SharedColumns, sharedColumns } from './columns.ts'
import { type Concepts, conceptRows } from './concepts.ts'
import { type DescriptionRows, descriptionRows } from './descriptions.ts'
import { type MemberRows, memberRows } from './members.ts'
import type { Notices } from './notices.ts'
import { type RelationshipRows, relationshipRows } from './relationships.ts'

export interface Step {
  readonly phase: string
  /** The file at hand, when there is one, and the rows read so far. */
  readonly file?: string
  readonly rows?: number
}

export interface ReleaseRows {
  readonly shared: SharedColumns
  readonly concepts: Concepts
  readonly descriptions: DescriptionRows
  readonly relationships: RelationshipRows
  readonly members: MemberRows
}

export interface ReadOptions {
  readonly partial: boolean
  readonly notices: Notices
  readonly progress: (step: Step) => void
  /** Asked once the concepts are known, before everything long. */
  readonly afterConcepts: (concepts: Concepts, shared: SharedColumns) => Problem | undefined
}

export async function readRelease(release: Release, options: ReadOptions): Promise<ReleaseRows | Problem> {
  const { notices, partial } = options
  const { merged } = release
  const shared = sharedColumns()
  let rows = 0
  const readAll = async (
    contents: readonly Content[],
    begin: (file: Rf2File, context: RowContext, further: readonly string[]) => RowVisitor,
  ): Promise<Problem | undefined> => {
    for (const file of release.files) {
      if (!contents.includes(file.name.content)) continue
      options.progress({ phase: 'read', file: file.file, rows })
      const read = await readRf2(file, (further) => begin(file, { file: file.file, notices }, further))
      if (read.problem) return read.problem
      rows += read.rows
    }
    return undefined
  }

  const conceptTable = conceptRows(shared, merged)
  const noConcepts = await readAll(['Concept'], (_, context) => (row) => conceptTable.add(row, context))
  if (noConcepts) return noConcepts
  const concepts = conceptTable.order()
  const unmet = options.afterConcepts(concepts, shared)
  if (unmet) return unmet
  const descriptions = descriptionRows(shared, concepts, { partial })
  const relationships = relationshipRows(shared, concepts, { partial, merged })
  const members = memberRows(shared, concepts, descriptions, { merged })
  const problem =
    (await readAll(['Description', 'TextDefinition'], (_, context) => (row) => descriptions.add(row, context))) ??
    (await readAll(['Relationship'], (_, context) => (row) => relationships.add(row, context))) ??
    (await readAll(['RelationshipConcreteValues'], (_, context) => (row) => relationships.addConcrete(row, context))) ??
    (await readAll(['Refset'], (file, context, further) => members.begin(further, file.name.pattern, context)))
  if (problem) return problem
  relationships.settle()
  for (const file of release.files) {
    if (file.name.content === 'Identifier' || file.name.content === 'StatedRelationship') {
      notices.add('rf2-unused-file', 'A file is not needed and was not read (identifiers, stated relationships).', {
        file: file.file,
      })
    }
  }
  return { shared, concepts, descriptions, relationships, members }
}
