/** Procedure → procedure_occurrence, DeviceUseStatement → device_exposure, Encounter → visit_occurrence. */
import { concept, type Node, node, text } from '#documents/fhir/node.ts'
import { type ClinicalEvent, type NotARow, notARow, type ReadingContext, type ReadResource } from './clinical-event.ts'
import { dayOf, spanOf, spanOfPeriod } from './day.ts'
import { encounterOf, statesAbsence } from './read-condition.ts'

const REASONS: Readonly<Record<string, NotARow>> = {
  'entered-in-error': 'entered-in-error',
  'not-done': 'not-done',
  preparation: 'only-planned',
  planned: 'only-planned',
  intended: 'only-planned',
  cancelled: 'only-planned',
}

export function readProcedure(resource: Node): ReadResource {
  const code = concept(resource.code)
  const reason = REASONS[text(resource.status) ?? '']
  if (reason !== undefined) return notARow(reason)
  if (!code) return notARow('without-code')
  if (statesAbsence(code)) return notARow('states-absence')
  const event: ClinicalEvent = {
    part: '',
    code,
    home: 'procedure_occurrence',
    ...spanOf(resource, 'performed'),
    ...encounterOf(resource),
    details: { modifier_source_value: concept(resource.bodySite)?.codings[0]?.code },
  }
  return { kind: 'events', events: [event] }
}

export function readDeviceUse(resource: Node, context: ReadingContext): ReadResource {
  const reason = REASONS[text(resource.status) ?? '']
  if (reason !== undefined) return notARow(reason)
  const device = context.follow(node(resource.device)?.reference)
  const code =
    concept(device?.type) ?? concept(node(device?.deviceName)?.name) ?? concept(node(resource.device)?.concept)
  if (!code) return notARow('without-code')
  if (statesAbsence(code)) return notARow('states-absence')
  const timing = spanOf(resource, 'timing')
  const start = timing.start ?? dayOf(resource.recordedOn)
  const event: ClinicalEvent = {
    part: '',
    code,
    home: 'device_exposure',
    ...timing,
    ...(start === undefined ? {} : { start }),
    details: {},
  }
  return { kind: 'events', events: [event] }
}

export function readEncounter(resource: Node): ReadResource {
  const reason = REASONS[text(resource.status) ?? '']
  if (reason !== undefined) return notARow(reason)
  const className =
    text(node(resource.class)?.code) ?? concept(resource.class)?.codings[0]?.code ?? text(resource.class) ?? ''
  return { kind: 'visit', visit: { className, ...spanOfPeriod(node(resource.period)) } }
}
