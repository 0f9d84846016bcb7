/**
 * The names of release files (Release File Specification, "File naming convention"):
 * `<type>_<content type>_<content subtype>_<country and namespace>_<date>.txt`, with `x` before the type of unpublished
 * releases, and content such as `Concept`, `StatedRelationship`, `cRefset`, `sRefset`; the subtype holds `Full`, `Snapshot`
 * or `Delta`, perhaps a summary before and a language after it.
 */

export type ReleaseType = 'Full' | 'Snapshot' | 'Delta'

export type Content =
  | 'Concept'
  | 'Description'
  | 'TextDefinition'
  | 'Relationship'
  | 'RelationshipConcreteValues'
  | 'StatedRelationship'
  | 'Identifier'
  | 'Refset'

export interface FileName {
  readonly content: Content
  readonly release: ReleaseType
  /** `Refset` only: one letter per further column; c component, i integer, s string. */
  readonly pattern: string
  /** What stands before the release type in the subtype: `Language`, `ExtendedMap`, `OWLExpression`; may be empty. */
  readonly summary: string
  /** YYYYMMDD as written. */
  readonly date: string
  /** `xsct2_`, `xder2_`: an unpublished (alpha, beta, test) release. */
  readonly unpublished: boolean
}

const NAME =
  /^(x?)(?:sct|der|SCT|DER)\d?_([A-Za-z]*)_(\w*?)(Full|Snapshot|Delta)(?:[-_][^_]*)?(?:_[^_]*)*?_?(\d{8})[^_]*\.txt$/
const CONTENTS: ReadonlySet<string> = new Set([
  'Concept',
  'Description',
  'TextDefinition',
  'Relationship',
  'RelationshipConcreteValues',
  'StatedRelationship',
  'Identifier',
])

/** Undefined: no RF2 file by its name. */
export function parseFileName(name: string): FileName | undefined {
  const match = NAME.exec(name)
  const [, x, type = '', summary = '', release, date = ''] = match ?? []
  if (release !== 'Full' && release !== 'Snapshot' && release !== 'Delta') return undefined
  const base = { release, date, unpublished: x === 'x', summary: summary.replace(/_+$/, '') } as const
  const refset = /^([cis]*)Refset$/.exec(type)
  if (refset) return { ...base, content: 'Refset', pattern: refset[1] ?? '' }
  if (!CONTENTS.has(type)) return undefined
  return { ...base, content: type as Content, pattern: '' }
}
