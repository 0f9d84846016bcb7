/**
 * Which reader takes a clinical statement: by template id first, then by the section it stands in, then by its kind of
 * element. Every statement finds one, so that an unknown template is still carried.
 */
import type { Observation } from 'fhir/r4'
import { attribute, child, children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { codeOf, requiredConcept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent } from '../datatypes/nulls.ts'
import { when } from '../datatypes/time.ts'
import { first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading } from '../reading.ts'
import { type Context, carryRest, openStatement, type StatementReader, statementText } from '../statement.ts'
import { SECTION_KIND } from '../tables/sections.ts'
import { REQUEST_INTENT } from '../tables/statuses.ts'
import { KIND_BY_CODE } from '../tables/subordinates.ts'
import { readAllergy } from './allergy.ts'
import { isConcern, readConcern } from './concern.ts'
import { readSupply } from './device.ts'
import { isAboutRelative, readFamilyHistory } from './family.ts'
import { readImmunization } from './immunization.ts'
import { readMedication } from './medication.ts'
import { readObservation, readOrganizer } from './observation.ts'
import { readEncounter, readMedia } from './other.ts'
import { readPrescription } from './prescription.ts'
import { readProblem } from './problem.ts'
import { readProcedure } from './procedure.ts'

/** More telling templates come first: an allergy entry is also marked as a problem entry (IHE PCC). */
const BY_TEMPLATE: readonly (readonly [ReadonlySet<string>, StatementReader])[] = [
  [
    new Set([
      '1.3.6.1.4.1.19376.1.5.3.1.4.6',
      '2.16.840.1.113883.10.20.1.18',
      '2.16.840.1.113883.10.20.22.4.7',
      '2.16.840.1.113883.10.20.22.4.90',
      '2.16.840.1.113883.10.22.4.1',
      '1.3.6.1.4.1.12559.11.10.1.3.1.3.17',
    ]),
    readAllergy,
  ],
  [
    new Set([
      '1.3.6.1.4.1.19376.1.5.3.1.4.5',
      '2.16.840.1.113883.10.20.1.28',
      '2.16.840.1.113883.10.20.22.4.4',
      '2.16.840.1.113883.10.22.4.8',
      '1.3.6.1.4.1.12559.11.10.1.3.1.3.7',
    ]),
    readProblem,
  ],
  [
    new Set([
      '1.3.6.1.4.1.19376.1.5.3.1.4.12',
      '2.16.840.1.113883.10.20.22.4.52',
      '2.16.840.1.113883.10.22.4.15',
      '1.3.6.1.4.1.12559.11.10.1.3.1.3.19',
    ]),
    readImmunization,
  ],
]

/** LOINC code of the prescription section (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.2.1). */
const PRESCRIPTIONS = '57828-6'

/** Sections where what is observed is not the patient's own problem. */
const FAMILY = new Set(['10157-6', '8670-2'])

export const readStatement: StatementReader = (at, reading, context) => readerFor(at, context)(at, reading, context)

function readerFor(at: Located, context: Context): StatementReader {
  const { element } = at
  if ((element.name === 'observation' || element.name === 'organizer') && isAboutRelative(at)) return readFamilyHistory
  const kind = context.top ? SECTION_KIND[context.section] : undefined
  switch (element.name) {
    case 'observation':
      return readerOfObservation(element, kind, context)
    case 'act':
      return readerOfAct(at)
    case 'substanceAdministration':
      return readerOfAdministration(element, kind, context)
    case 'supply':
      return readSupply
    case 'procedure':
      return readProcedure
    case 'encounter':
      return REQUEST_INTENT[attribute(element, 'moodCode') ?? ''] === undefined ? readEncounter : readProcedure
    case 'organizer':
      return readOrganizer
    case 'observationMedia':
      return readMedia
    default:
      return readAny
  }
}

/** In a section of prescriptions everything is prescribed; elsewhere the template tells. */
function readerOfAdministration(element: XmlElement, kind: string | undefined, context: Context): StatementReader {
  const named = byTemplate(element)
  if (named !== undefined) return named
  if (kind === 'immunization') return readImmunization
  return context.top && context.section === PRESCRIPTIONS ? readPrescription : readMedication
}

function readerOfObservation(element: XmlElement, kind: string | undefined, context: Context): StatementReader {
  if (context.relative || FAMILY.has(context.section)) return readObservation
  const named = byTemplate(element)
  if (named === readAllergy || named === readProblem) return named
  if (kind === 'allergy') return readAllergy
  return kind === 'problem' ? readProblem : readObservation
}

function readerOfAct(at: Located): StatementReader {
  if (KIND_BY_CODE[codeOf(child(at.element, 'code')) ?? ''] !== undefined) return readAny
  return isConcern(at) ? readConcern : readProcedure
}

function byTemplate(element: XmlElement): StatementReader | undefined {
  const roots = children(element, 'templateId').map((template) => attribute(template, 'root') ?? '')
  return BY_TEMPLATE.find(([templates]) => roots.some((root) => templates.has(root)))?.[1]
}

const EXPRESSED = new Set(['id', 'code', 'text', 'effectiveTime'])

/** Comments, instructions, regions of interest and whatever else: what it is, its words, and everything it holds. */
function readAny(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const { moment, period } = when(child(at.element, 'effectiveTime'))
  const words = statementText(at, reading)
  const observation: Observation = {
    resourceType: 'Observation',
    identifier: identifiers(at.element, reading),
    status: 'final',
    code: requiredConcept(child(at.element, 'code'), reading),
    subject: { reference: reading.patient },
    effectiveDateTime: moment?.value,
    _effectiveDateTime:
      period === undefined ? (moment === undefined ? { extension: absent() } : moment.element) : undefined,
    effectivePeriod: period,
    valueString: words,
  }
  if (Object.keys(observation.code).length === 0) observation.code = { extension: absent() }
  carryRest(trace, at, reading, context, EXPRESSED)
  return [addResource(reading, observation, trace)]
}

/** An entry whose statement is missing or of an unknown kind: whatever it holds. */
export function readLooseEntry(at: Located, reading: Reading): string[] {
  const kept = detail(at.element, reading)
  if (kept === undefined) return []
  const trace = newTrace(at.path)
  trace.details.push(kept)
  return [
    addResource(
      reading,
      {
        resourceType: 'Observation',
        status: 'unknown',
        code: { extension: absent(first(at, 'code')?.element) },
        subject: { reference: reading.patient },
        effectiveDateTime: undefined,
        _effectiveDateTime: { extension: absent() },
      },
      trace,
    ),
  ]
}
