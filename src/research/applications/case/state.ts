/** A case as it stands: one application, and one decision for each Member State that holds data (Art. 67(3), 68(5)). */
import type { Permit } from '../../permits/permit.ts'
import type { Answers, Application, CaseKind, DatasetChoice } from '../rules/application.ts'
import type { Role } from './events.ts'

export const PART_STATUSES = [
  'completeness-check',
  'incomplete',
  'assessment',
  'with-trusted-holder',
  'proposal-received',
  'conversion-proposed',
  /** A permit, or an approved request. */
  'granted',
  'data-asked',
  'data-received',
  /** In the secure processing environment. */
  'available',
  /** The answer to a data request has been given. */
  'responded',
  /** The permit has expired, was given back or revoked. */
  'ended',
  'refused',
  'lapsed',
  'withdrawn',
  'closed',
] as const
export type PartStatus = (typeof PART_STATUSES)[number]

export interface CaseState {
  readonly caseId: string
  /** Number of events. */
  readonly version: number
  readonly kind: CaseKind
  /** Version of the rules it began under, and keeps. */
  readonly ruleSet: string
  /** Where it was submitted; that body speaks with the applicant. */
  readonly homeCountry: string
  readonly stage: 'draft' | 'submitted' | 'withdrawn'
  /** Who drafted it; undefined at the bodies it was forwarded to. */
  readonly owner?: string
  readonly createdAt: string
  readonly submittedAt?: string
  readonly answers: Answers
  readonly application?: Application
  /** Member State → its part. */
  readonly parts: Readonly<Record<string, Part>>
  /** Person → the roles in which he acted in this case (Art. 55(2)). */
  readonly hands: Readonly<Record<string, readonly Role[]>>
}

/** What one Member State decides. Moments are ISO 8601, absent while they have not come. */
export interface Part {
  readonly memberState: string
  /** `data-request` also when the applicant agreed to a conversion (Art. 68(3)). */
  readonly kind: CaseKind
  readonly status: PartStatus
  readonly datasets: readonly DatasetChoice[]
  /** The application, first received. */
  readonly firstReceivedAt: string
  /** What arrived last towards a complete application: the decision's clock runs from it. */
  readonly receivedAt: string
  readonly completionAskedAt?: string
  readonly questions: readonly string[]
  readonly openQuestion?: { readonly question: string; readonly askedAt: string }
  readonly criteria: Readonly<Record<string, { readonly met: boolean; readonly reason: string; readonly by: string }>>
  readonly extraMonths: number
  readonly trustedHolder?: { readonly holder: string; readonly sentAt: string }
  readonly proposal?: { readonly proposal: 'grant' | 'refuse'; readonly reasons: string; readonly at: string }
  readonly fee?: {
    readonly items: readonly { readonly component: string; readonly cents: number }[]
    readonly cents: number
    readonly accepted: boolean
  }
  readonly feeDisputedAt?: string
  readonly costsChargedCents?: number
  readonly decidedAt?: string
  readonly justification?: string
  readonly permit?: Permit
  readonly permitExtended: boolean
  readonly publishedSummary?: string
  readonly publishedAt?: string
  /** Holder → its delivery. */
  readonly deliveries: Readonly<Record<string, Delivery>>
  readonly dataReceivedAt?: string
  readonly preparationUntil?: string
  readonly availableAt?: string
  readonly environment?: string
  readonly respondedAt?: string
  readonly amendmentAsked?: string
  readonly extensionAsked?: { readonly until: string; readonly evidence: string }
  readonly suspendedAt?: string
  readonly findings: Readonly<Record<string, FindingState>>
  readonly exclusions: readonly { readonly party: string; readonly until: string }[]
  readonly endedAt?: string
  readonly endedWhy?: 'expired' | 'given-back' | 'revoked'
  readonly dataDeletedAt?: string
  readonly resultsPublishedAt?: string
  readonly publicationUntil?: string
}

export interface Delivery {
  readonly askedAt: string
  readonly extraMonths: number
  readonly deliveredAt?: string
  readonly release?: string
}

/** Art. 63(2): a finding of non-compliance, and whether its addressee has spoken. */
export interface FindingState {
  readonly against: 'user' | 'holder'
  readonly holder?: string
  readonly description: string
  readonly notifiedAt: string
  readonly viewsUntil: string
  readonly views?: string
  readonly concluded?: 'confirmed' | 'dismissed'
}

/** Statuses in which a permit or an approval is in force. */
export const LIVE: readonly PartStatus[] = ['granted', 'data-asked', 'data-received', 'available']
/** Statuses before a decision. */
export const UNDECIDED: readonly PartStatus[] = [
  'completeness-check',
  'incomplete',
  'assessment',
  'with-trusted-holder',
  'proposal-received',
  'conversion-proposed',
]

export function holdersOf(part: Part): readonly string[] {
  return [...new Set(part.datasets.map(({ holder }) => holder))]
}

export function openFindings(part: Part): readonly [string, FindingState][] {
  return Object.entries(part.findings).filter(([, { concluded }]) => concluded === undefined)
}
