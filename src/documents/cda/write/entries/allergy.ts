/** AllergyIntolerance → allergy observation in a concern act (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.17 and .16). */
import type { AllergyIntolerance, CodeableConcept, Extension, Resource } from 'fhir/r4'
import { ABSENT_CODES, ALLERGY_TYPE } from '../../tables/statuses.ts'
import { ALLERGY_ABATEMENT_EXTENSION, ALLERGY_TYPE_EXTENSION, ORIGINAL_EXTENSION } from '../../tables/urls.ts'
import { code } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { extensionValue } from '../datatypes/nulls.ts'
import { time } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { text } from '../people.ts'
import { type Source, sourceOf } from '../source.ts'
import { comment, isDenied, isRefuted, type Statement, statementPeople } from '../statement.ts'
import type { Place, Writing } from '../writing.ts'
import { concern, concernDetails } from './concern.ts'
import { reactions, severityExpressed } from './reaction.ts'
import { CERTAINTY_SNOMED, CLINICAL_STATUS_SNOMED, statusValue, subordinate } from './subordinate.ts'

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical'
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification'
const CRITICALITY = 'http://hl7.org/fhir/allergy-intolerance-criticality'
const SNOMED = 'http://snomed.info/sct'

export function writeAllergy(allergy: AllergyIntolerance, writing: Writing, place: Place): Statement {
  const source = sourceOf(allergy)
  const folded: Resource[] = []
  const absence = allergy.code?.coding?.some(({ code: one }) => ABSENT_CODES.has(one ?? '')) === true
  const denied = isRefuted(allergy.verificationStatus)
  const kind = kindOf(allergy)
  return {
    className: 'Observation',
    attributes: { negationInd: denied || isDenied(source.details) ? 'true' : undefined },
    folded,
    expressed: [
      ...(denied ? ['verificationStatus'] : []),
      ...typeExpressed(allergy, kind),
      ...severityExpressed(allergy),
      'criticality',
    ],
    pieces: [
      ...templateIds(
        '1.3.6.1.4.1.12559.11.10.1.3.1.3.17',
        '1.3.6.1.4.1.19376.1.5.3.1.4.6',
        '1.3.6.1.4.1.19376.1.5.3.1.4.5',
        '2.16.840.1.113883.10.20.1.18',
        '2.16.840.1.113883.10.20.1.28',
      ),
      ...ids(allergy.identifier, writing),
      code('code', kind, writing),
      element('statusCode', { code: source.statuses[place.depth === 0 ? 1 : 0] ?? 'completed' }),
      timeOf(allergy),
      absence ? code('value', allergy.code, writing, { xsiType: 'CD' }) : ownValue(source),
      ...statementPeople(
        'Observation',
        [
          { reference: allergy.recorder, as: 'author', time: allergy.recordedDate },
          { reference: allergy.asserter, as: 'informant' },
        ],
        writing,
        folded,
      ),
      absence ? undefined : agent(allergy, source, writing),
      ...reactions(allergy, source, writing),
      ...statusesOf(allergy, denied, source, writing),
      ...(allergy.note ?? []).map((note) => comment('Observation', note, writing)),
    ],
    ...(place.depth === 0
      ? {
          frame: concern(
            source,
            {
              templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.16', '1.3.6.1.4.1.19376.1.5.3.1.4.5.3'],
              status: 'active',
              details: concernDetails(source),
            },
            writing,
          ),
        }
      : {}),
  }
}

/** SNOMED CT adverse event types by FHIR type and category (eHDSI value set 1.3.6.1.4.1.12559.11.10.1.3.1.42.18). */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  'allergy-medication': ['416098002', 'Allergy to drug'],
  'allergy-food': ['414285001', 'Allergy to food'],
  'allergy-environment': ['426232007', 'Environmental allergy'],
  allergy: ['419199007', 'Allergy to substance'],
  'intolerance-food': ['235719002', 'Intolerance to food'],
  'intolerance-medication': ['59037007', 'Intolerance to drug'],
  intolerance: ['782197009', 'Intolerance to substance'],
  medication: ['419511003', 'Propensity to adverse reaction to drug'],
  food: ['418471000', 'Propensity to adverse reaction to food'],
}

function kindOf(allergy: AllergyIntolerance): CodeableConcept {
  const stated = extensionValue(allergy, ALLERGY_TYPE_EXTENSION)?.valueCodeableConcept
  if (stated !== undefined) return stated
  const type = allergy.type ?? ''
  const category = allergy.category?.[0] ?? ''
  const [one, display] = KINDS[`${type}-${category}`] ??
    KINDS[type === '' ? category : type] ?? ['420134006', 'Propensity to adverse reaction']
  return { coding: [{ system: SNOMED, code: one, display }] }
}

/** Type and categories that the code of the observation says, as the reader understands it. */
function typeExpressed(allergy: AllergyIntolerance, kind: CodeableConcept): string[] {
  const meaning = ALLERGY_TYPE[kind.coding?.[0]?.code ?? '']
  const categories = allergy.category ?? []
  return [
    ...(meaning?.type !== undefined && meaning.type === allergy.type ? ['type'] : []),
    ...(categories.length === 1 && categories[0] === meaning?.category ? ['category'] : []),
  ]
}

function timeOf(allergy: AllergyIntolerance): Piece | undefined {
  const abatement = extensionValue(allergy, ALLERGY_ABATEMENT_EXTENSION)
  const low = time('low', allergy.onsetDateTime ?? allergy.onsetPeriod?.start, allergy._onsetDateTime)
  const high = time('high', abatement?.valueDateTime ?? allergy.onsetPeriod?.end, abatement?._valueDateTime)
  if (low === undefined && high === undefined) return undefined
  return element('effectiveTime', {}, [...(low ? [low] : []), ...(high ? [high] : [])])
}

/** What the patient is allergic to is the participant; the value says nothing of its own unless the source had one. */
function ownValue(source: Source): Piece | undefined {
  if (source.details.some(({ url }) => url === 'value')) return undefined
  return element('value', { 'xsi:type': 'CD', nullFlavor: 'NA' })
}

function agent(allergy: AllergyIntolerance, source: Source, writing: Writing): Piece | undefined {
  const parts: readonly Extension[] = source.details.flatMap(({ url, extension }) =>
    url === 'agent' ? (extension ?? []) : [],
  )
  const names = source.details.flatMap(({ url, valueString }) =>
    url === 'agent-name' && valueString ? [valueString] : [],
  )
  const entity = assemble('PlayingEntity', 'playingEntity', { classCode: 'MMAT' }, [
    code('code', allergy.code, writing, { type: 'CE' }),
    ...names.map((name) => text('name', name)),
    ...detailPieces('PlayingEntity', parts, writing),
  ])
  return assemble('Participant2', 'participant', { typeCode: 'CSM' }, [
    assemble('ParticipantRole', 'participantRole', { classCode: 'MANU' }, [
      entity,
      ...detailPieces('ParticipantRole', parts, writing),
    ]),
  ])
}

function statusesOf(
  allergy: AllergyIntolerance,
  denied: boolean,
  source: Source,
  writing: Writing,
): (Piece | undefined)[] {
  const original = extensionValue(allergy._criticality, ORIGINAL_EXTENSION)?.valueCodeableConcept
  const degree =
    allergy.criticality === undefined ? undefined : { coding: [{ system: CRITICALITY, code: allergy.criticality }] }
  const criticality = code('value', original ?? degree, writing, { xsiType: 'CD' })
  const certainty = denied
    ? undefined
    : statusValue(allergy.verificationStatus, VERIFICATION, CERTAINTY_SNOMED, writing)
  const clinical = statusValue(allergy.clinicalStatus, CLINICAL, CLINICAL_STATUS_SNOMED, writing)
  return [
    subordinate('Observation', 'criticality', criticality, source, writing),
    subordinate('Observation', 'certainty', certainty, source, writing, {
      templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.35'],
    }),
    subordinate('Observation', 'status', isStated(allergy.clinicalStatus) ? clinical : undefined, source, writing, {
      templates: ['1.3.6.1.4.1.12559.11.10.1.3.1.3.34'],
    }),
  ]
}

function isStated(concept: CodeableConcept | undefined): boolean {
  return concept?.coding !== undefined || concept?.text !== undefined
}
