/**
 * The public register (Art. 57(1)(j)): applications as soon as they are received; permits, approved requests and refusals
 * with their justification, once they are published. No name of a natural person is in it.
 */
import type { CaseState, Part } from '../case/state.ts'

export interface PublicEntry {
  readonly caseId: string
  readonly kind: CaseState['kind']
  readonly title: string
  readonly summary: string
  /** Absent when the applicant is a natural person. */
  readonly applicant?: string
  readonly applicantKind: string
  readonly country: string
  readonly purposes: readonly string[]
  readonly categories: readonly string[]
  readonly submittedAt: string
  readonly withdrawn: boolean
  readonly decisions: readonly PublicDecision[]
}

export interface PublicDecision {
  readonly memberState: string
  readonly datasets: readonly string[]
  readonly outcome: 'pending' | 'permit' | 'approved-request' | 'refused' | 'lapsed' | 'withdrawn'
  readonly decidedAt?: string
  /** What the body publishes: the justification of a refusal, the description of a permit (Art. 57(1)(e)). */
  readonly summary?: string
  readonly duration?: { readonly from: string; readonly until: string }
  readonly endedAt?: string
  readonly endedWhy?: Part['endedWhy']
  readonly resultsPublishedAt?: string
}

/** Undefined while it is a draft. */
export function publicEntry(state: CaseState): PublicEntry | undefined {
  const { application, submittedAt } = state
  if (!application || !submittedAt) return undefined
  const { applicant } = application
  return {
    caseId: state.caseId,
    kind: state.kind,
    title: application.title,
    summary: application.summary,
    ...(applicant.kind === 'natural-person' ? {} : { applicant: applicant.name }),
    applicantKind: applicant.kind,
    country: applicant.country,
    purposes: application.purposes,
    categories: application.categories,
    submittedAt,
    withdrawn: state.stage === 'withdrawn',
    decisions: Object.values(state.parts).map(publicDecision),
  }
}

function publicDecision(part: Part): PublicDecision {
  const base = { memberState: part.memberState, datasets: part.datasets.map(({ dataset }) => dataset) }
  // A decision is in the register when the body has published it, not before.
  if (part.publishedAt === undefined || part.decidedAt === undefined) return { ...base, outcome: undecided(part) }
  const { permit } = part
  return {
    ...base,
    outcome: permit ? (part.kind === 'data-permit' ? 'permit' : 'approved-request') : 'refused',
    decidedAt: part.decidedAt,
    ...(part.publishedSummary === undefined ? {} : { summary: part.publishedSummary }),
    ...(permit ? { duration: { from: permit.from, until: permit.until } } : {}),
    ...(part.endedAt === undefined ? {} : { endedAt: part.endedAt, endedWhy: part.endedWhy }),
    ...(part.resultsPublishedAt === undefined ? {} : { resultsPublishedAt: part.resultsPublishedAt }),
  }
}

function undecided({ status, decidedAt }: Part): 'pending' | 'lapsed' | 'withdrawn' {
  if (decidedAt !== undefined) return 'pending'
  if (status === 'lapsed' || status === 'withdrawn') return status
  // A part that was closed without a decision had lapsed or been withdrawn.
  return status === 'closed' ? 'withdrawn' : 'pending'
}
