/** Which operations there are, and on what they stand. */
import type { TerminologyType } from './handlers.ts'

interface Levels {
  readonly type: ReadonlySet<string>
  readonly instance: ReadonlySet<string>
}

const OPERATIONS: Readonly<Record<TerminologyType, Levels>> = {
  CodeSystem: {
    type: new Set(['lookup', 'validate-code', 'batch-validate-code', 'subsumes', 'find-matches']),
    instance: new Set(['lookup', 'validate-code', 'subsumes', 'find-matches']),
  },
  ValueSet: {
    type: new Set(['expand', 'validate-code', 'batch-validate-code', 'related', 'compare']),
    instance: new Set(['expand', 'validate-code', 'related', 'compare']),
  },
  ConceptMap: { type: new Set(['translate', 'closure']), instance: new Set(['translate']) },
  NamingSystem: { type: new Set(['preferred-id', 'translate-id']), instance: new Set() },
}

/** On the base itself. */
const SYSTEM = new Set(['closure', 'translate', 'versions'])

export function isTerminologyType(name: string): name is TerminologyType {
  return Object.hasOwn(OPERATIONS, name)
}

export function hasOperation(operation: string, type: TerminologyType | undefined, instance: boolean): boolean {
  if (type === undefined) return SYSTEM.has(operation)
  const levels = OPERATIONS[type]
  return (instance ? levels.instance : levels.type).has(operation)
}
