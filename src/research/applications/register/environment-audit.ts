/**
 * Audits of secure processing environments: a body has them made regularly, also by third parties, and sees to what they find
 * (EHDS Art. 73(3)). What is recorded of one, and what is wrong with a record. Pure. About the environment and who runs it,
 * never about the persons whose data are in it.
 */
import { type Day, isDay } from '../calendar/civil-day.ts'
import type { Role } from '../case/events.ts'

export const AUDIT_KINDS = ['own', 'third-party'] as const
export type AuditKind = (typeof AUDIT_KINDS)[number]

/** Roles of the body that record audits. */
export const AUDIT_RECORDERS: readonly Role[] = ['coordinator', 'auditor']

export interface NewAudit {
  /** Its last day, where the body sits. */
  readonly audited: Day
  /** As permits and cases call it (`made-available`). */
  readonly environment: string
  readonly auditor: string
  readonly kind: AuditKind
  readonly findings: string
  /** What must change, and by when. */
  readonly measures?: { readonly words: string; readonly until: Day }
  /** Number of the record that this one corrects: that one no longer counts. */
  readonly replaces?: number
}

/** A record as it stands. */
export interface EnvironmentAudit extends NewAudit {
  /** Counts from 1 at each body. */
  readonly number: number
  /** Number of the first record of this audit: this one, unless it corrects others. */
  readonly first: number
  /** ISO 8601. */
  readonly recordedAt: string
  /** `system|value`. */
  readonly recordedBy: string
  /** Number of the record that corrects this one. */
  readonly replacedBy?: number
}

/** What was written, field by field; absent fields count as empty. */
export type AuditInput = { readonly [Field in AuditField]?: string | undefined }
export const AUDIT_FIELDS = ['audited', 'environment', 'auditor', 'kind', 'findings', 'measures', 'until'] as const
export type AuditField = (typeof AUDIT_FIELDS)[number]

export interface AuditFault {
  readonly field: AuditField
  readonly fault: 'missing' | 'too-long' | 'no-day' | 'in-future' | 'before-audit' | 'no-measures'
}

/** Characters. */
export const LONGEST: Readonly<Record<AuditField, number>> = {
  ...{ audited: 10, environment: 200, auditor: 200, kind: 20, findings: 10_000, measures: 10_000, until: 10 },
}

/** The record, or everything that is wrong with it. @param today where the body sits */
export function readAudit(input: AuditInput, today: Day): NewAudit | { readonly faults: readonly AuditFault[] } {
  const text = (field: AuditField): string => (input[field] ?? '').trim()
  const kind = AUDIT_KINDS.find((one) => one === text('kind'))
  const faults = AUDIT_FIELDS.flatMap((field): readonly AuditFault[] => {
    const fault = faultOf(field, text, today)
    return fault ? [{ field, fault }] : []
  })
  if (faults.length > 0 || !kind) return { faults }
  const words = text('measures')
  return {
    audited: text('audited'),
    environment: text('environment'),
    auditor: text('auditor'),
    kind,
    findings: text('findings'),
    ...(words === '' ? {} : { measures: { words, until: text('until') } }),
  }
}

function faultOf(field: AuditField, text: (field: AuditField) => string, today: Day): AuditFault['fault'] | undefined {
  const value = text(field)
  if (value.length > LONGEST[field]) return 'too-long'
  switch (field) {
    case 'audited':
      if (value === '') return 'missing'
      return !isDay(value) ? 'no-day' : value > today ? 'in-future' : undefined
    case 'kind':
      return AUDIT_KINDS.some((one) => one === value) ? undefined : 'missing'
    case 'measures':
      return undefined
    case 'until':
      return untilFault(value, text('measures'), text('audited'))
    default:
      return value === '' ? 'missing' : undefined
  }
}

/** A measure has a last day, and a last day a measure. */
function untilFault(until: string, measures: string, audited: string): AuditFault['fault'] | undefined {
  if (measures === '') return until === '' ? undefined : 'no-measures'
  if (until === '') return 'missing'
  if (!isDay(until)) return 'no-day'
  return isDay(audited) && until < audited ? 'before-audit' : undefined
}
