/** Condition → condition_occurrence; AllergyIntolerance → observation (a fact about the patient, not an event). */
import { type Concept, concept, type Node, node, text } from '#documents/fhir/node.ts'
import { type ClinicalEvent, type NotARow, notARow, type ReadResource } from './clinical-event.ts'
import { dayOf, spanOf } from './day.ts'

/** Codes that say "no information" or "none known" (HL7 IPS). */
const ABSENCE = /\/CodeSystem\/absent-unknown-uv-ips$/

export function statesAbsence(code: Concept): boolean {
  return code.codings.some(({ system }) => ABSENCE.test(system))
}

/** `code` of a status that is a code or a CodeableConcept. */
export function statusCode(value: unknown): string {
  return concept(value)?.codings[0]?.code ?? text(value) ?? ''
}

function refusal(resource: Node, code: Concept | undefined): NotARow | undefined {
  const verification = statusCode(resource.verificationStatus)
  if (verification === 'entered-in-error') return 'entered-in-error'
  if (verification === 'refuted') return 'not-true'
  if (!code) return 'without-code'
  return statesAbsence(code) ? 'states-absence' : undefined
}

export function readCondition(resource: Node): ReadResource {
  const code = concept(resource.code)
  const reason = refusal(resource, code)
  if (reason !== undefined || !code) return notARow(reason ?? 'without-code')
  const onset = spanOf(resource, 'onset')
  const start = onset.start ?? dayOf(resource.recordedDate)
  const abated = spanOf(resource, 'abatement')
  const end = dayOf(resource.abatementDateTime, 'last') ?? abated.end ?? abated.start ?? onset.end
  const status = concept(resource.clinicalStatus)
  const event: ClinicalEvent = {
    part: '',
    code,
    home: 'condition_occurrence',
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...encounterOf(resource),
    details: { condition_status_source_value: status?.codings[0]?.code ?? status?.text },
  }
  return { kind: 'events', events: [event] }
}

export function encounterOf(resource: Node): { readonly encounter?: string } {
  const reference = text(node(resource.encounter)?.reference)
  return reference === undefined ? {} : { encounter: reference }
}

export function readAllergy(resource: Node): ReadResource {
  const code = concept(resource.code)
  const reason = refusal(resource, code)
  if (reason !== undefined || !code) return notARow(reason ?? 'without-code')
  const start = spanOf(resource, 'onset').start ?? dayOf(resource.recordedDate)
  const event: ClinicalEvent = {
    part: '',
    code,
    home: 'observation',
    ...(start === undefined ? {} : { start }),
    ...encounterOf(resource),
    details: { qualifier_source_value: text(resource.criticality) ?? text(resource.type) },
  }
  return { kind: 'events', events: [event] }
}
