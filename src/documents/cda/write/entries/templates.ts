/** Templates of observations and organizers by the section that they stand in (eHDSI patient summary, IHE PCC, CCD). */
import type { Observation } from 'fhir/r4'
import type { Place } from '../writing.ts'

const EHDSI = '1.3.6.1.4.1.12559.11.10.1.3.1.3'
const PCC = '1.3.6.1.4.1.19376.1.5.3.1.4'
const SIMPLE = [`${EHDSI}.20`, `${PCC}.13`]

const OBSERVATIONS: Readonly<Record<string, readonly string[]>> = {
  '29762-2': [`${EHDSI}.23`, ...SIMPLE, `${PCC}.13.4`, '2.16.840.1.113883.10.20.1.33'],
  '8716-3': [...SIMPLE, `${EHDSI}.22`, `${PCC}.13.2`, '2.16.840.1.113883.10.20.1.31'],
  '30954-2': [`${EHDSI}.25`, ...SIMPLE],
  '47420-5': [`${EHDSI}.40`, `${PCC}.13`],
}

const PREGNANCY_STATUS = '82810-3'
const DELIVERY_DATE = '11778-8'

/** Templates of an observation. */
export function observationTemplates(observation: Observation, { section }: Place): readonly string[] {
  if (section === '10162-6') return pregnancy(observation)
  return OBSERVATIONS[section] ?? []
}

function pregnancy(observation: Observation): readonly string[] {
  const codes = observation.code?.coding?.map(({ code }) => code) ?? []
  if (codes.includes(PREGNANCY_STATUS)) return [`${EHDSI}.45`]
  if (codes.includes(DELIVERY_DATE)) return [`${EHDSI}.24`, ...SIMPLE, `${PCC}.13.5`]
  return codes.includes('93857-1') ? [`${EHDSI}.47`] : [`${EHDSI}.46`]
}

const ORGANIZERS: Readonly<Record<string, readonly string[]>> = {
  '8716-3': [`${EHDSI}.21`, `${PCC}.13.1`, '2.16.840.1.113883.10.20.1.32', '2.16.840.1.113883.10.20.1.35'],
  '30954-2': [`${EHDSI}.42`],
  '47420-5': [`${EHDSI}.39`],
}

export function organizerTemplates({ section }: Place): readonly string[] {
  return ORGANIZERS[section] ?? []
}
