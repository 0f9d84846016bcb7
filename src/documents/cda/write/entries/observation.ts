/** Observation, DiagnosticReport → observations and organizers, with the eHDSI template of their section. */
import type { DiagnosticReport, Observation, ObservationReferenceRange, Resource } from 'fhir/r4'
import { CATEGORY_BY_SECTION } from '../../tables/sections.ts'
import { code, words } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { range } from '../datatypes/quantity.ts'
import { when } from '../datatypes/time.ts'
import { type Valued, value } from '../datatypes/value.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { type Source, sourceOf } from '../source.ts'
import { comment, isDenied, link, nested, type Statement, statementPeople } from '../statement.ts'
import { statusCodeOf } from '../statuses.ts'
import type { Place, Writing } from '../writing.ts'
import { observationTemplates, organizerTemplates } from './templates.ts'

/** Elements that the reader turns into an Observation, with their class. */
const CLASSES: Readonly<Record<string, string>> = { observation: 'Observation', act: 'Act', organizer: 'Organizer' }

export function writeObservation(observation: Observation, writing: Writing, place: Place): Statement {
  const source = sourceOf(observation)
  const className = CLASSES[source.element] ?? (isGroup(observation) ? 'Organizer' : 'Observation')
  const folded: Resource[] = []
  const isObservation = className === 'Observation'
  const own = isObservation ? observationTemplates(observation, place) : organizerTemplates(place)
  const said = className === 'Act' ? observation.valueString : undefined
  return {
    className,
    attributes: { negationInd: isObservation && isDenied(source.details) ? 'true' : undefined },
    folded,
    expressed: isTold(observation.category, place) ? ['category'] : [],
    pieces: [
      ...(className === 'Act' ? [] : templateIds(...own)),
      ...ids(observation.identifier, writing),
      code('code', observation.code, writing),
      said === undefined ? undefined : element('text', {}, words(said, writing)),
      status(observation.resourceType, observation.status, source),
      when('effectiveTime', timed(observation)),
      isObservation ? value('value', observation, writing) : undefined,
      ...(observation.interpretation ?? []).flatMap(
        (one) => code('interpretationCode', one, writing, { type: 'CE' }) ?? [],
      ),
      code('methodCode', observation.method, writing, { type: 'CE' }),
      code('targetSiteCode', observation.bodySite, writing),
      ...statementPeople(
        className,
        (observation.performer ?? []).map((reference) => ({ reference, as: 'performer' as const })),
        writing,
        folded,
      ),
      ...(observation.component ?? []).map((part) => link(className, 'COMP', component(part, writing))),
      ...(observation.hasMember ?? []).map((member) => nested(className, 'COMP', member, writing, place)),
      ...(observation.note ?? []).map((note) => comment(className, note, writing)),
      ...(observation.referenceRange ?? []).map((one) => referenceRange(one, writing)),
    ],
  }
}

/** Whether the category is the one that the reader gives to every observation of the section. */
function isTold(categories: Observation['category'], { section }: Place): boolean {
  const own = CATEGORY_BY_SECTION[section]
  return (categories ?? []).every(
    ({ coding = [], text }) =>
      text === undefined && coding.every(({ system, code: one }) => system === CATEGORY && one === own),
  )
}

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category'

/** A group has members and says nothing of its own. */
function isGroup({ hasMember, component: parts, ...observation }: Observation): boolean {
  const says = Object.keys(observation).some((key) =>
    /^_?value|^dataAbsentReason|^interpretation|^referenceRange/.test(key),
  )
  return (hasMember?.length ?? parts?.length ?? 0) > 0 && !says
}

/** A source without a status stays without one. */
export function status(type: string, held: string | undefined, source: Source): Piece | undefined {
  const stated = source.statuses.at(-1) ?? statusCodeOf(type, held)
  return stated === undefined ? undefined : element('statusCode', { code: stated })
}

function timed(
  held: Pick<Observation, 'effectiveDateTime' | '_effectiveDateTime' | 'effectivePeriod' | 'effectiveInstant'>,
): {
  moment?: string | undefined
  beside?: Observation['_effectiveDateTime']
  period?: Observation['effectivePeriod']
} {
  return {
    moment: held.effectiveDateTime ?? held.effectiveInstant,
    beside: held._effectiveDateTime,
    period: held.effectivePeriod,
  }
}

function component(part: NonNullable<Observation['component']>[number], writing: Writing): Piece {
  return assemble('Observation', 'observation', {}, [
    code('code', part.code, writing),
    element('statusCode', { code: 'completed' }),
    value('value', part as Valued, writing),
    ...(part.interpretation ?? []).flatMap((one) => code('interpretationCode', one, writing, { type: 'CE' }) ?? []),
    ...(part.referenceRange ?? []).map((one) => referenceRange(one, writing)),
  ])
}

function referenceRange(held: ObservationReferenceRange, writing: Writing): Piece {
  const bounds = range('value', held, writing, { xsiType: 'IVL_PQ' })
  return assemble('ReferenceRange', 'referenceRange', {}, [
    assemble('ObservationRange', 'observationRange', {}, [
      code('code', held.appliesTo?.[0], writing),
      held.text === undefined ? undefined : element('text', {}, words(held.text, writing)),
      bounds,
      code('interpretationCode', held.type, writing, { type: 'CE' }),
    ]),
  ])
}

/** A report is a battery: an organizer of its results. */
export function writeReport(report: DiagnosticReport, writing: Writing, place: Place): Statement {
  const source = sourceOf(report)
  const folded: Resource[] = []
  const people = [...(report.performer ?? []), ...(report.resultsInterpreter ?? [])]
  return {
    className: 'Organizer',
    attributes: { classCode: 'BATTERY' },
    folded,
    pieces: [
      ...templateIds('1.3.6.1.4.1.12559.11.10.1.3.1.3.42'),
      ...ids(report.identifier, writing),
      code('code', report.code, writing),
      status(report.resourceType, report.status, source),
      when('effectiveTime', timed(report as Pick<Observation, 'effectiveDateTime'>)),
      ...statementPeople(
        'Organizer',
        people.map((reference) => ({ reference, as: 'performer' as const })),
        writing,
        folded,
      ),
      ...(report.result ?? []).map((result) => nested('Organizer', 'COMP', result, writing, place)),
    ],
  }
}
