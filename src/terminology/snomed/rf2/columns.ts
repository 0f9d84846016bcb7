/** The columns that each file must have (Release File Specification), compared with its header line. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Content, FileName } from './names.ts'

const COMPONENT = ['id', 'effectiveTime', 'active', 'moduleId'] as const
const DESCRIPTION = [...COMPONENT, 'conceptId', 'languageCode', 'typeId', 'term', 'caseSignificanceId'] as const
const RELATIONSHIP = [
  ...COMPONENT,
  'sourceId',
  'destinationId',
  'relationshipGroup',
  'typeId',
  'characteristicTypeId',
  'modifierId',
] as const

const COLUMNS: Readonly<Record<Exclude<Content, 'Identifier' | 'Refset'>, readonly string[]>> = {
  Concept: [...COMPONENT, 'definitionStatusId'],
  Description: DESCRIPTION,
  TextDefinition: DESCRIPTION,
  Relationship: RELATIONSHIP,
  StatedRelationship: RELATIONSHIP,
  RelationshipConcreteValues: RELATIONSHIP.map((column) => (column === 'destinationId' ? 'value' : column)),
}

export const REFSET_COLUMNS = [...COMPONENT, 'refsetId', 'referencedComponentId'] as const

/** Further columns of reference sets whose type fixes their names. Others may name theirs as they like. */
const FURTHER: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^Language$/, ['acceptabilityId']],
  [/^ExtendedMap$/, ['mapGroup', 'mapPriority', 'mapRule', 'mapAdvice', 'mapTarget', 'correlationId', 'mapCategoryId']],
  [/^SimpleMap$/, ['mapTarget']],
  [/^Association(?:Reference)?$/, ['targetComponentId']],
  [/^AttributeValue$/, ['valueId']],
  [/^OWL/, ['owlExpression']],
  [/^ModuleDependency$/, ['sourceEffectiveTime', 'targetEffectiveTime']],
]

/** The letters of further columns, with their names from the header line. Line 1 is named in every problem. */
export function checkHeader(header: string, name: FileName, file: string): Result<readonly string[], 'rf2-header'> {
  const columns = header.split('\t')
  if (name.content === 'Identifier') return ok(columns)
  const expected: readonly string[] = name.content === 'Refset' ? REFSET_COLUMNS : COLUMNS[name.content]
  for (const [index, column] of expected.entries()) {
    if (columns[index]?.toLowerCase() !== column.toLowerCase()) return wrong(columns, index, column, file)
  }
  const further = columns.slice(expected.length)
  const fixed = name.content === 'Refset' ? FURTHER.find(([summary]) => summary.test(name.summary))?.[1] : []
  if (fixed !== undefined) {
    for (let index = 0; index < Math.max(fixed.length, further.length); index += 1) {
      if (further[index]?.toLowerCase() !== fixed[index]?.toLowerCase()) {
        return wrong(columns, expected.length + index, fixed[index], file)
      }
    }
  }
  if (name.content === 'Refset' && name.pattern.length !== further.length) {
    return failed(
      'rf2-header',
      `The name of the file announces ${name.pattern.length} columns after referencedComponentId ("${name.pattern}"), its header has ${further.length}: ${further.join(', ') || 'none'}.`,
      'Take the file from the release again; a column was added or lost.',
      { file, line: 1 },
    )
  }
  if (new Set(columns).size !== columns.length || further.includes('')) {
    return failed('rf2-header', 'A column of the header has no name, or two have the same.', 'Mend the header.', {
      file,
      line: 1,
    })
  }
  return ok(further)
}

function wrong(columns: readonly string[], index: number, expected: string | undefined, file: string) {
  const found = columns[index]
  const sentence =
    expected === undefined
      ? `The header has a column too many: "${found}".`
      : found === undefined
        ? `The header lacks the column ${expected}.`
        : `Column ${index + 1} of the header is "${found}" instead of ${expected}.`
  return failed('rf2-header', sentence, 'Take the file from the release again; its columns are fixed by RF2.', {
    file,
    line: 1,
    column: index + 1,
  })
}
