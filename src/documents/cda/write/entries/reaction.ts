/** Reactions of an allergy: observations by MFST, with their severity (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.44). */
import type { AllergyIntolerance, AllergyIntoleranceReaction, CodeableConcept, Extension } from 'fhir/r4'
import { ORIGINAL_EXTENSION } from '../../tables/urls.ts'
import { code, coded, words } from '../datatypes/code.ts'
import { extensionValue } from '../datatypes/nulls.ts'
import { time } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import type { Source } from '../source.ts'
import { comment, link } from '../statement.ts'
import type { Writing } from '../writing.ts'
import { namedDetails, subordinate } from './subordinate.ts'

const REPORTED = {
  system: 'http://snomed.info/sct',
  code: '418799008',
  display: 'Finding reported by subject or history provider',
}
const SEVERITIES: Readonly<Record<string, readonly [string, string]>> = {
  mild: ['255604002', 'Mild'],
  moderate: ['6736007', 'Moderate'],
  severe: ['24484000', 'Severe'],
}

/** Structural codes of the other statements in an allergy. */
const SAID_ELSEWHERE = new Set(['CONC', 'SEV', '33999-4', '82606-5', '66455-7', '48767-8'])

/** One observation for each manifestation. */
export function reactions(allergy: AllergyIntolerance, source: Source, writing: Writing): Piece[] {
  const all = (allergy.reaction ?? []).flatMap((reaction) =>
    reaction.manifestation.map((manifestation, at) => ({ reaction, manifestation, first: at === 0 })),
  )
  return all.map(({ reaction, manifestation, first }, at) => {
    const details = namedDetails(source, ['manifestation', 'observation'], [at, all.length])
    const ends = source.details.filter(({ url }) => url === 'reaction-end')
    const end = ends.length === all.length ? ends[at] : undefined
    return link('Observation', 'MFST', reactionOf({ reaction, manifestation, first, details, end }, source, writing))
  })
}

interface Reaction {
  readonly reaction: AllergyIntoleranceReaction
  readonly manifestation: CodeableConcept
  /** Notes belong to the reaction, not to each of its manifestations. */
  readonly first: boolean
  readonly details: readonly Extension[]
  readonly end: Extension | undefined
}

function reactionOf(
  { reaction, manifestation, first, details, end }: Reaction,
  source: Source,
  writing: Writing,
): Piece {
  const low = time('low', reaction.onset, reaction._onset)
  const high = time('high', end?.valueDateTime, end?._valueDateTime)
  const bounds = [low, high].filter((piece) => piece !== undefined)
  const severity = code('value', severityOf(reaction), writing, { xsiType: 'CD' })
  const kinds = source.others.filter((coding) => !SAID_ELSEWHERE.has(coding.code ?? ''))
  const kind = kinds.length === 1 ? kinds[0] : undefined
  return assemble('Observation', 'observation', {}, [
    ...templateIds('1.3.6.1.4.1.12559.11.10.1.3.1.3.44', '1.3.6.1.4.1.19376.1.5.3.1.4.5'),
    ...detailPieces('Observation', details, writing),
    coded('code', kind ?? REPORTED, writing, 'CD'),
    reaction.description === undefined ? undefined : element('text', {}, words(reaction.description, writing)),
    element('statusCode', { code: 'completed' }),
    bounds.length === 0 ? undefined : element('effectiveTime', {}, bounds),
    code('value', manifestation, writing, { xsiType: 'CD' }) ??
      element('value', { 'xsi:type': 'CD', nullFlavor: 'UNK' }),
    subordinate('Observation', 'severity', severity, source, writing),
    ...(first ? (reaction.note ?? []).map((note) => comment('Observation', note, writing)) : []),
  ])
}

function severityOf({ severity, _severity: beside }: AllergyIntoleranceReaction): CodeableConcept | undefined {
  const original = extensionValue(beside, ORIGINAL_EXTENSION)?.valueCodeableConcept
  if (original !== undefined) return original
  const known = SEVERITIES[severity ?? '']
  return known === undefined ? undefined : { coding: [{ system: REPORTED.system, code: known[0], display: known[1] }] }
}

/** FHIR's degree is said by the code that stands for it. */
export function severityExpressed(allergy: AllergyIntolerance): string[] {
  const known = (allergy.reaction ?? []).every(({ severity }) => severity === undefined || severity in SEVERITIES)
  return known ? ['reaction.severity'] : []
}
