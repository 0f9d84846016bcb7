/** Procedure entries (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.19) and acts that were done → Procedure, or ServiceRequest when only wished. */
import type { Procedure, ServiceRequest } from 'fhir/r4'
import { attribute, child, children } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { when } from '../datatypes/time.ts'
import { each, type Located } from '../located.ts'
import { addResource, newTrace, type Reading } from '../reading.ts'
import {
  annotation,
  type Context,
  carryRest,
  mergeTrace,
  nestedStatements,
  openStatement,
  relateNested,
  statementText,
  structural,
} from '../statement.ts'
import { PROCEDURE_STATUS, REQUEST_INTENT } from '../tables/statuses.ts'
import { deviceOf } from './device.ts'
import { PARTICIPATIONS, participations } from './participations.ts'

const EXPRESSED = new Set([
  'id',
  'code',
  'effectiveTime',
  'targetSiteCode',
  'entryRelationship',
  'component',
  ...PARTICIPATIONS,
])

export function readProcedure(at: Located, reading: Reading, context: Context): string[] {
  if (REQUEST_INTENT[attribute(at.element, 'moodCode') ?? ''] !== undefined) return readRequest(at, reading, context)
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const { moment, period } = when(child(at.element, 'effectiveTime'))
  const procedure: Procedure = {
    resourceType: 'Procedure',
    identifier: identifiers(at.element, reading),
    status: statusOf(at),
    code: stated(at, reading),
    subject: { reference: reading.patient },
    performedDateTime: moment?.value,
    _performedDateTime:
      period === undefined ? (moment === undefined ? { extension: absent() } : moment.element) : undefined,
    performedPeriod: period,
    recorder: who.authors[0],
    asserter: who.informants[0],
    performer: who.performers.map((actor) => ({ actor })),
    bodySite: children(at.element, 'targetSiteCode').flatMap((site) => concept(site, reading) ?? []),
  }
  const devices = each(at, 'participant').filter((part) => attribute(part.element, 'typeCode') === 'DEV')
  procedure.focalDevice = devices.flatMap((part) => {
    const inner = newTrace(part.path)
    const manipulated = deviceOf(part, reading, inner)
    if (manipulated === undefined) return []
    mergeTrace(trace, inner, 'device')
    return [{ manipulated: { reference: manipulated } }]
  })
  for (const nested of nestedStatements(at)) {
    const { kind, statement, typeCode } = nested
    if (kind === 'comment') {
      const note = annotation(statement, reading, trace, context)
      if (note !== undefined) procedure.note = [...(procedure.note ?? []), note]
    } else if (typeCode === 'RSON' && statement.element.name === 'observation') {
      const reason = context.read(statement, reading, { section: '11450-4', read: context.read })
      procedure.reasonReference = [...(procedure.reasonReference ?? []), ...reason.map((reference) => ({ reference }))]
    } else relateNested(trace, nested, reading, context)
  }
  const done = procedure.focalDevice.length > 0 && procedure.focalDevice.length === each(at, 'participant').length
  carryRest(trace, at, reading, context, done ? new Set([...EXPRESSED, 'participant']) : EXPRESSED)
  return [addResource(reading, procedure, trace)]
}

function stated(at: Located, reading: Reading): NonNullable<Procedure['code']> {
  const found = concept(child(at.element, 'code'), reading)
  if (found?.coding !== undefined || found?.text !== undefined) return found
  const text = statementText(at, reading)
  if (text !== undefined) return { ...found, text }
  return found ?? { extension: absent() }
}

function statusOf(at: Located): Procedure['status'] {
  if (attribute(at.element, 'negationInd') === 'true') return 'not-done'
  return PROCEDURE_STATUS[codeOf(child(at.element, 'statusCode'))?.toLowerCase() ?? ''] ?? 'unknown'
}

/** Anything planned, proposed or ordered: procedure, act, observation, encounter, supply. */
export function readRequest(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const { moment, period } = when(child(at.element, 'effectiveTime'))
  const request: ServiceRequest = {
    resourceType: 'ServiceRequest',
    identifier: identifiers(at.element, reading),
    status: REQUEST_STATUS[codeOf(child(at.element, 'statusCode'))?.toLowerCase() ?? ''] ?? 'unknown',
    intent: REQUEST_INTENT[attribute(at.element, 'moodCode') ?? ''] ?? 'plan',
    doNotPerform: attribute(at.element, 'negationInd') === 'true' ? true : undefined,
    code: stated(at, reading),
    subject: { reference: reading.patient },
    occurrenceDateTime: moment?.value,
    _occurrenceDateTime: moment?.element,
    occurrencePeriod: period,
    authoredOn: who.recorded,
    requester: who.authors[0],
    performer: who.performers,
    bodySite: children(at.element, 'targetSiteCode').flatMap((site) => concept(site, reading) ?? []),
  }
  for (const informant of who.informants) trace.details.push({ url: 'informant', valueReference: informant })
  structural(trace, undefined, reading)
  carryRest(trace, at, reading, context, new Set(['id', 'code', 'effectiveTime', 'targetSiteCode', ...PARTICIPATIONS]))
  return [addResource(reading, request, trace)]
}

const REQUEST_STATUS: Readonly<Record<string, ServiceRequest['status']>> = {
  new: 'draft',
  active: 'active',
  held: 'on-hold',
  suspended: 'on-hold',
  completed: 'completed',
  aborted: 'revoked',
  cancelled: 'revoked',
  nullified: 'entered-in-error',
}
