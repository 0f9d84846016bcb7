/** Statements without a reader of their own: encounters, embedded media, and acts and observations of any template. */
import type { Encounter } from 'fhir/r4'
import { attribute, child, oneLine, text } from '#platform/xml/access.ts'
import { codeOf, concept, referredText } from '../datatypes/code.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { when } from '../datatypes/time.ts'
import { addFile } from '../files.ts'
import type { Located } from '../located.ts'
import { addResource, type Reading } from '../reading.ts'
import { type Context, carryRest, openStatement } from '../statement.ts'
import { PARTICIPATIONS, participations } from './participations.ts'

const ENCOUNTER_STATUS: Readonly<Record<string, Encounter['status']>> = {
  active: 'in-progress',
  completed: 'finished',
  cancelled: 'cancelled',
  aborted: 'cancelled',
  new: 'planned',
}

export function readEncounter(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const { moment, period } = when(child(at.element, 'effectiveTime'))
  const encounter: Encounter = {
    resourceType: 'Encounter',
    identifier: identifiers(at.element, reading),
    status: ENCOUNTER_STATUS[codeOf(child(at.element, 'statusCode')) ?? ''] ?? 'unknown',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK' },
    type: [concept(child(at.element, 'code'), reading) ?? { extension: absent() }],
    subject: { reference: reading.patient },
    participant: [...who.performers, ...who.authors, ...who.informants].map((individual) => ({ individual })),
    period: period ?? { start: moment?.value, _start: moment?.element },
  }
  carryRest(trace, at, reading, context, new Set(['id', 'code', 'effectiveTime', ...PARTICIPATIONS]))
  return [addResource(reading, encounter, trace)]
}

/** observationMedia: a picture or file inside the document. */
export function readMedia(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const value = child(at.element, 'value')
  carryRest(trace, at, reading, context, new Set(['id', 'value']))
  const inside = attribute(value, 'representation') === 'B64'
  const id = attribute(at.element, 'ID')
  // The narrative shows the file by this name (renderMultiMedia).
  if (id !== undefined) trace.details.push({ url: 'ID', valueString: id })
  return [
    addFile(reading, trace, {
      identifier: identifiers(at.element, reading),
      contentType: attribute(value, 'mediaType') ?? 'application/octet-stream',
      ...(inside ? { base64: text(value).replace(/\s+/g, '') } : {}),
      ...(inside ? {} : { url: attribute(child(value, 'reference'), 'value') }),
      ...(value !== undefined && !inside ? { title: referredText(value, reading) ?? oneLine(text(value)) } : {}),
    }),
  ]
}
