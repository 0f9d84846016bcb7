/**
 * The numbers of the activity report (Art. 59(1)), counted from the events of all cases: what the body received, decided,
 * measured and sanctioned in a period. What lies outside of cases (audits of environments, labels) is handed in.
 */
import type { Day } from '../calendar/civil-day.ts'
import type { Calendar } from '../calendar/holidays.ts'
import type { CaseEvent } from '../case/events.ts'
import type { Application, CaseKind } from '../rules/application.ts'
import type { MeasuresNumbers } from './audit-follow-up.ts'

export interface ReportPeriod {
  /** Both inclusive, where the body sits. */
  readonly from: Day
  readonly to: Day
}

/** Counts by code; a code that did not occur is absent. */
export type Counts = Readonly<Record<string, number>>

export interface ActivityReport {
  readonly period: ReportPeriod
  /** Applications and requests received, here or forwarded by another body. */
  readonly received: Readonly<Record<CaseKind, number>>
  readonly receivedByApplicantKind: Counts
  readonly receivedByPurpose: Counts
  readonly receivedByCategory: Counts
  readonly forwardedByOthers: number
  /** Of the own Member State. */
  readonly decisions: {
    readonly permits: number
    readonly approvedRequests: number
    /** Among the approved requests: applications converted under Art. 68(3). */
    readonly converted: number
    readonly refused: number
    readonly lapsed: number
    readonly extended: number
    readonly throughTrustedHolder: number
  }
  /** Applications withdrawn by their applicants. */
  readonly withdrawn: number
  /** From submission to access in the environment, or to the answer of a request. */
  readonly access: { readonly cases: number; readonly averageDays?: number }
  readonly findings: { readonly user: number; readonly holder: number }
  readonly fines: { readonly count: number; readonly cents: number }
  /** Fees of permits and approved requests, as set in the end, and costs charged to those who withdrew (Art. 62). */
  readonly revenueCents: number
  readonly revoked: number
  readonly excluded: number
  readonly publications: number
  readonly products: number
  readonly environmentAudits: number
  /** What became of the measures that audits of environments demanded (Art. 73(3)). */
  readonly auditMeasures: MeasuresNumbers
  /** Labels of data quality by category (Art. 78). */
  readonly labels: Counts
}

export type OutsideNumbers = Pick<ActivityReport, 'environmentAudits' | 'auditMeasures' | 'labels'>

/** Where nobody counts audits and labels. */
export const NOTHING_OUTSIDE: OutsideNumbers = {
  environmentAudits: 0,
  auditMeasures: { carriedOut: 0, late: 0, overdue: 0 },
  labels: {},
}

export interface ReportOptions {
  /** Of the body. */
  readonly country: string
  readonly calendar: Calendar
  readonly period: ReportPeriod
  readonly outside?: OutsideNumbers
}

interface Remembered {
  readonly application: Application
  readonly submittedAt: string
  /** Was agreed to become a request. */
  readonly converted: boolean
  /** Of the own Member State, as it was told last. */
  readonly feeCents: number
}

const DAY_MS = 86_400_000

/** @param events of all cases; those of one case in their order */
export async function activityReport(
  events: AsyncIterable<{ readonly caseId: string; readonly event: CaseEvent }>,
  { country, calendar, period, outside }: ReportOptions,
): Promise<ActivityReport> {
  const tally = new Map<string, number>()
  const cases = new Map<string, Remembered>()
  for await (const { caseId, event } of events) {
    const day = calendar.dayOf(event.at)
    const before = cases.get(caseId)
    const known = remember(before, event, country)
    if (known) cases.set(caseId, known)
    if (day < period.from || day > period.to) continue
    for (const [what, amount] of countsOf(event, before, country)) tally.set(what, (tally.get(what) ?? 0) + amount)
  }
  return reportOf(tally, period, outside ?? NOTHING_OUTSIDE)
}

function remember(known: Remembered | undefined, event: CaseEvent, country: string): Remembered | undefined {
  if (event.kind === 'submitted') {
    return { application: event.application, submittedAt: event.at, converted: false, feeCents: 0 }
  }
  if (event.kind === 'received') {
    return { application: event.application, submittedAt: event.submittedAt, converted: false, feeCents: 0 }
  }
  if (!known || !('memberState' in event) || event.memberState !== country) return known
  switch (event.kind) {
    case 'conversion-answered':
      return event.agreed ? { ...known, converted: true } : known
    case 'fee-estimated':
      return { ...known, feeCents: event.items.reduce((sum, { cents }) => sum + cents, 0) }
    case 'fee-set':
      return { ...known, feeCents: event.cents }
    default:
      return known
  }
}

/** What one event adds, by name. `known`: of its case, before it. */
function countsOf(
  event: CaseEvent,
  known: Remembered | undefined,
  country: string,
): readonly (readonly [string, number])[] {
  if (event.kind === 'submitted' || event.kind === 'received') return receivedCounts(event.application, event.kind)
  if (event.kind === 'withdrawn') return [['withdrawn', 1]]
  if (!('memberState' in event) || event.memberState !== country) return []
  switch (event.kind) {
    case 'granted':
      return grantedCounts(event.permit.kind, known)
    case 'fee-set':
      return [['revenueCents', event.cents - (known?.feeCents ?? 0)]]
    case 'costs-charged':
      return [['revenueCents', event.cents]]
    case 'refused':
    case 'lapsed':
      return [[event.kind, 1]]
    case 'decision-extended':
      return [['extended', 1]]
    case 'proposal-made':
      return [['throughTrustedHolder', 1]]
    case 'made-available':
    case 'responded':
      return known ? accessCounts(known, event.at) : []
    case 'finding-notified':
      return [[`finding:${event.against}`, 1]]
    case 'finding-concluded':
      return event.fineCents === undefined
        ? []
        : [
            ['fines', 1],
            ['fineCents', event.fineCents],
          ]
    case 'ended':
      return event.why === 'revoked' ? [['revoked', 1]] : []
    case 'excluded':
      return [['excluded', 1]]
    case 'results-published':
      return [[event.product ? 'products' : 'publications', 1]]
    default:
      return []
  }
}

function receivedCounts(application: Application, kind: 'submitted' | 'received') {
  return [
    [application.kind, 1] as const,
    [`applicant:${application.applicant.kind}`, 1] as const,
    ...application.purposes.map((code) => [`purpose:${code}`, 1] as const),
    ...application.categories.map((code) => [`category:${code}`, 1] as const),
    ...(kind === 'received' ? [['forwarded', 1] as const] : []),
  ]
}

function grantedCounts(kind: CaseKind, known: Remembered | undefined) {
  const fee = ['revenueCents', known?.feeCents ?? 0] as const
  if (kind === 'data-permit') return [fee, ['permits', 1] as const]
  return [fee, ['approvedRequests', 1] as const, ...(known?.converted ? [['converted', 1] as const] : [])]
}

function accessCounts({ submittedAt }: Remembered, at: string) {
  const days = Math.max(0, (Date.parse(at) - Date.parse(submittedAt)) / DAY_MS)
  return [
    ['access', 1],
    ['accessDays', days],
  ] as const
}

function reportOf(tally: ReadonlyMap<string, number>, period: ReportPeriod, outside: OutsideNumbers): ActivityReport {
  const of = (name: string): number => tally.get(name) ?? 0
  const group = (prefix: string): Counts =>
    Object.fromEntries(
      [...tally]
        .filter(([name]) => name.startsWith(`${prefix}:`))
        .map(([name, n]) => [name.slice(prefix.length + 1), n] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const cases = of('access')
  return {
    period,
    received: { 'data-permit': of('data-permit'), 'data-request': of('data-request') },
    receivedByApplicantKind: group('applicant'),
    receivedByPurpose: group('purpose'),
    receivedByCategory: group('category'),
    forwardedByOthers: of('forwarded'),
    decisions: {
      permits: of('permits'),
      approvedRequests: of('approvedRequests'),
      converted: of('converted'),
      refused: of('refused'),
      lapsed: of('lapsed'),
      extended: of('extended'),
      throughTrustedHolder: of('throughTrustedHolder'),
    },
    withdrawn: of('withdrawn'),
    access: { cases, ...(cases > 0 ? { averageDays: of('accessDays') / cases } : {}) },
    findings: { user: of('finding:user'), holder: of('finding:holder') },
    fines: { count: of('fines'), cents: of('fineCents') },
    revenueCents: of('revenueCents'),
    revoked: of('revoked'),
    excluded: of('excluded'),
    publications: of('publications'),
    products: of('products'),
    ...outside,
  }
}
