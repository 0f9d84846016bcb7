/** What is submitted, by the codes of its metadata. */
import { documentClass, groupOf } from '../document-classes.ts'
import type { DocumentMetadata } from '../exchange.ts'

export type SubmissionKind = 'dispensation' | 'discard' | 'consent' | 'hcer' | 'other'

/** What is submitted. The format decides, as in the reference implementation; then the class has to be the same. */
export function kindOf({ classCode, formatCode }: Pick<DocumentMetadata, 'classCode' | 'formatCode'>): SubmissionKind {
  const format = formatCode.toLowerCase()
  const found = KINDS.find(([code]) =>
    [documentClass(code)?.structured?.code, documentClass(code)?.pdf?.code].some(
      (one) => one?.toLowerCase() === format,
    ),
  )
  const kind = found?.[1] ?? 'other'
  const isDispensation = kind === 'dispensation' || kind === 'discard'
  return isDispensation && groupOf(classCode) !== 'ED' ? 'other' : kind
}

const KINDS: readonly (readonly [classCode: string, kind: SubmissionKind])[] = [
  ['60593-1', 'dispensation'],
  ['DISCARD-60593-1', 'discard'],
  ['57016-8', 'consent'],
  ['34133-9', 'hcer'],
]
