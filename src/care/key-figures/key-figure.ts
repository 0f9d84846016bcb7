/** One transaction as the statistics of MyHealth@EU (eADC) count it. Pure. */
import type { AccessRecord } from '../context/access-record.ts'
import type { ExchangedDigests } from '../context/transaction-facts.ts'

export interface KeyFigure {
  /** `PT:17`: node and entry of its ledger. */
  readonly id: string
  readonly node: string
  /** ISO 8601. */
  readonly started: string
  readonly durationMs: number
  readonly side: 'A' | 'B'
  /** ISO 3166-1 alpha-2 of country B and A. */
  readonly asking: string
  readonly answering: string
  readonly step: AccessRecord['step']
  readonly service: string
  readonly wire: 'ihe' | 'fhir'
  /** `ITI-39`, … */
  readonly transaction: string
  /** LOINC of the document, when the service has one. */
  readonly documentClass: string | undefined
  /** ISCO code of the professional. */
  readonly role: string | undefined
  /** Identifier of the organisation: a point of care is no patient. */
  readonly pointOfCare: string | undefined
  readonly outcome: string
  /** eHDSI code. */
  readonly code: string | undefined
  readonly messageId: string | undefined
  readonly askingCommunity: string | undefined
  readonly answeringCommunity: string | undefined
}

/** eHDSI document classes, where one service has one class. */
const CLASS_OF_SERVICE: Readonly<Record<string, string>> = {
  'patient-summary': '60591-5',
  eprescription: '57833-6',
  edispensation: '60593-1',
  'laboratory-report': '11502-2',
  'discharge-report': '34105-7',
  'imaging-report': '18748-4',
  'medical-image': 'x-clinical-image',
}

const TRANSACTION: Readonly<Record<'ihe' | 'fhir', Readonly<Record<AccessRecord['step'], string>>>> = {
  ihe: { identify: 'ITI-55', list: 'ITI-38', retrieve: 'ITI-39', dispense: 'ITI-41', discard: 'ITI-41' },
  fhir: { identify: 'ITI-78', list: 'ITI-67', retrieve: 'ITI-68', dispense: 'ITI-65', discard: 'ITI-65' },
}

/** @param ended when it was written down; `record.recorded` is when it began */
export function keyFigureOf(
  id: string,
  node: string,
  record: AccessRecord,
  exchanged: ExchangedDigests | undefined,
  ended: string,
): KeyFigure {
  const { side, step, client, server, professional, outcome } = record
  const wire = exchanged?.wire ?? record.wire ?? 'fhir'
  const service = record.service ?? 'patient-summary'
  return {
    id,
    node,
    started: record.recorded.toISOString(),
    durationMs: Math.max(0, Date.parse(ended) - record.recorded.getTime()),
    side,
    asking: client.country,
    answering: server.country,
    step,
    service: step === 'identify' ? 'patient-identification' : service,
    wire,
    transaction: exchanged?.transaction ?? TRANSACTION[wire][step],
    documentClass: step === 'identify' ? undefined : CLASS_OF_SERVICE[service],
    role: professional?.role?.code,
    pointOfCare: professional?.organisation.identifier,
    outcome: outcome.kind,
    code: outcome.code,
    messageId: exchanged?.messageId,
    askingCommunity: client.homeCommunityId,
    answeringCommunity: server.homeCommunityId,
  }
}
