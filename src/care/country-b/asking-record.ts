/** What the ledger of this country says about one question to another. */
import type { Result } from '#platform/result/result.ts'
import type { AccessOutcome, AccessRecord } from '../context/access-record.ts'
import type { CareProblemCode } from '../context/care-context.ts'
import type { Answered, Line, Question } from './asking.ts'
import type { Asking } from './options.ts'

export function accessRecord(
  { country: own, homeCommunityId, address }: Asking,
  { step, asked, professional, country, patient, purpose, service }: Question,
  { result, documents }: Answered<unknown>,
  {
    recorded,
    requestId,
    line,
  }: { readonly recorded: Date; readonly requestId: string; readonly line: Line | undefined },
): AccessRecord {
  const { identifier, given, family, role, organisation } = professional
  const common = {
    side: 'B',
    recorded,
    requestId,
    client: { country: own, homeCommunityId, address },
    server: { country, homeCommunityId: line?.participant.homeCommunityId, address: line?.address ?? 'not asked' },
    professional: { identifier, name: `${given} ${family}`.trim(), organisation, role },
    patient,
    purpose,
    outcome: outcomeOf(result),
    service,
    ...(line ? { wire: line.wire } : {}),
  } as const
  switch (step) {
    case 'identify':
      return { ...common, step: 'identify', query: asked }
    case 'list':
      return { ...common, step: 'list', query: asked, documents: documents ?? [] }
    case 'retrieve':
      return { ...common, step: 'retrieve', document: asked }
  }
}

export function outcomeOf(result: Result<unknown, CareProblemCode>): AccessOutcome {
  if (result.ok) return { kind: 'success' }
  const { code } = result.problem
  return { kind: KINDS[code] ?? 'failed', code }
}

/** Codes that mean "nothing there" or "no" rather than "it did not work". */
const KINDS: Readonly<Partial<Record<CareProblemCode, AccessOutcome['kind']>>> = {
  ERROR_PI_NO_MATCH: 'nothing',
  ERROR_PS_NOT_FOUND: 'nothing',
  ERROR_EP_NOT_FOUND: 'nothing',
  ERROR_ORCD_NOT_FOUND: 'nothing',
  ERROR_PI_MULTIPLE_MATCHES: 'nothing',
  ERROR_HPI_GENERIC: 'refused',
  ERROR_HPI_INSUFFICIENT_INFORMATION: 'refused',
  ERROR_HPI_AUTHENTICATION_NOT_RECEIVED: 'refused',
  ERROR_SEC_INSUFFICIENT_RIGHTS: 'refused',
  ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED: 'refused',
  ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION: 'refused',
  ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED: 'refused',
  ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE: 'refused',
  '4105': 'refused',
  '4106': 'refused',
  '4703': 'refused',
}
