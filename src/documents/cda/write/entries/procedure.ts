/** Procedure and ServiceRequest → procedures and acts (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.19, eHDSI …3.26). */
import type { Procedure, Resource, ServiceRequest } from 'fhir/r4'
import { REQUEST_INTENT } from '../../tables/statuses.ts'
import { code } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { when } from '../datatypes/time.ts'
import { type Piece, templateIds } from '../element.ts'
import { takes } from '../schema/attributes.ts'
import { sourceOf } from '../source.ts'
import { comment, nested, type Statement, statementPeople } from '../statement.ts'
import { isA, type Place, resolve, type Writing } from '../writing.ts'
import { deviceParticipant } from './device.ts'
import { status } from './observation.ts'

export function writeProcedure(procedure: Procedure, writing: Writing, place: Place): Statement {
  const source = sourceOf(procedure)
  const className = source.element === 'act' ? 'Act' : 'Procedure'
  const folded: Resource[] = []
  return {
    className,
    attributes: { negationInd: procedure.status === 'not-done' ? 'true' : undefined },
    folded,
    pieces: [
      ...templateIds('1.3.6.1.4.1.12559.11.10.1.3.1.3.26', '1.3.6.1.4.1.19376.1.5.3.1.4.19'),
      ...ids(procedure.identifier, writing),
      code('code', procedure.code, writing),
      status('Procedure', procedure.status === 'not-done' ? 'completed' : procedure.status, source),
      when('effectiveTime', {
        moment: procedure.performedDateTime,
        beside: procedure._performedDateTime,
        period: procedure.performedPeriod,
      }),
      ...(procedure.bodySite ?? []).flatMap((site) => code('targetSiteCode', site, writing) ?? []),
      ...statementPeople(
        className,
        [
          ...(procedure.performer ?? []).map(({ actor }) => ({ reference: actor, as: 'performer' as const })),
          { reference: procedure.recorder, as: 'author' },
          { reference: procedure.asserter, as: 'informant' },
        ],
        writing,
        folded,
      ),
      ...devicesOf(procedure, writing, folded),
      ...(procedure.reasonReference ?? []).map((reason) => nested(className, 'RSON', reason, writing, place)),
      ...(procedure.note ?? []).map((note) => comment(className, note, writing)),
    ],
  }
}

function devicesOf(procedure: Procedure, writing: Writing, folded: Resource[]): Piece[] {
  return (procedure.focalDevice ?? []).flatMap(({ manipulated }) => {
    const device = resolve(manipulated, writing, procedure)
    return isA(device, 'Device') ? [deviceParticipant(device, writing, folded)] : []
  })
}

/** Classes of planned statements by the element that they come from. */
const REQUESTED: Readonly<Record<string, string>> = {
  observation: 'Observation',
  act: 'Act',
  encounter: 'Encounter',
  procedure: 'Procedure',
}
const MOOD_OF: Readonly<Record<string, string>> = { proposal: 'PRP', plan: 'INT', order: 'RQO' }

/** A request: the same classes in a mood that says that it has not happened. */
export function writeRequest(request: ServiceRequest, writing: Writing, _place: Place): Statement {
  const source = sourceOf(request)
  const className = REQUESTED[source.element] ?? 'Procedure'
  const folded: Resource[] = []
  const mood = MOOD_OF[request.intent] ?? 'RQO'
  const kept = source.mood !== undefined && REQUEST_INTENT[source.mood] === request.intent ? source.mood : mood
  return {
    className,
    attributes: {
      moodCode: takes(className, 'moodCode', kept) ? kept : 'INT',
      negationInd: request.doNotPerform ? 'true' : undefined,
    },
    folded,
    pieces: [
      ...ids(request.identifier, writing),
      code('code', request.code, writing),
      status('ServiceRequest', request.status, source),
      when('effectiveTime', {
        moment: request.occurrenceDateTime,
        beside: request._occurrenceDateTime,
        period: request.occurrencePeriod,
      }),
      ...(request.bodySite ?? []).flatMap((site) => code('targetSiteCode', site, writing) ?? []),
      ...statementPeople(
        className,
        [
          { reference: request.requester, as: 'author', time: request.authoredOn },
          ...(request.performer ?? []).map((reference) => ({ reference, as: 'performer' as const })),
        ],
        writing,
        folded,
      ),
    ],
  }
}
