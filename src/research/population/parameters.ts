/** What populations are made from (`data/demo/research`), parsed once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { LOCAL_VOCABULARY_FILE, LocalVocabulary } from '../omop/vocabulary/local-vocabulary.ts'

const share = z.number().min(0).max(1)
const coded = { concept: z.int().positive(), name: z.string(), vocabulary: z.string(), code: z.string() }
const prescribed = z.array(z.object({ concept: z.int(), share })).default([])

const condition = z.object({
  ...coded,
  course: z.enum(['chronic', 'acute']),
  /** New cases per 1,000 person-years in each age band. */
  incidencePer1000: z.array(z.number().nonnegative()),
  /** Incidence in women divided by that in men. */
  femaleRatio: z.number().nonnegative(),
  drugs: prescribed,
  mortalityRatio: z.number().positive().default(1),
  visit: z.enum(['outpatient', 'inpatient', 'emergency']).default('outpatient'),
})

const measurement = z.object({
  ...coded,
  unit: z.int(),
  mean: z.number(),
  perYearOfAge: z.number(),
  deviation: z.number(),
  femaleShift: z.number(),
  shifts: z.array(z.object({ condition: z.int(), by: z.number() })),
  low: z.number(),
  high: z.number(),
  decimals: z.int(),
  /** Share of outpatient visits at which it is taken. */
  perVisit: share,
})

const illnesses = z.object({
  ageBands: z.array(z.number()),
  conditions: z.array(condition),
  drugs: z.array(z.object({ ...coded, daysSupply: z.int().positive() })),
  measurements: z.array(measurement),
  units: z.array(z.object({ concept: z.int(), code: z.string() })),
})

const rareDisease = z.object({
  orpha: z.int().positive(),
  name: z.string(),
  prevalencePer100000: z.number().positive(),
  prevalenceClass: z.string(),
  femaleShare: share,
  /** Youngest, most frequent and oldest age in years at the first symptom. */
  onsetAge: z.tuple([z.number(), z.number(), z.number()]),
  /** Median days from first symptom to diagnosis, and the spread of its logarithm. */
  delayDays: z.tuple([z.number().positive(), z.number().positive()]),
  symptoms: z.array(z.int()).min(1),
  mortalityRatio: z.number().positive().default(1),
  countryRatio: z.record(z.string(), z.number().positive()).default({}),
  drugs: prescribed,
})

const rareDiseases = z.object({
  anyRareDisease: z.object({ concept: z.int(), name: z.string() }),
  onset: z.object({ concept: z.int(), name: z.string() }),
  undiagnosed: z.object({ orpha: z.int(), name: z.string() }),
  womenDelayRatio: z.number().positive(),
  diseases: z.array(rareDisease),
  symptoms: z.array(z.object(coded)),
})

const countries = z.object({
  ageBands: z.array(z.number()),
  period: z.object({ from: z.iso.date(), to: z.iso.date() }),
  countries: z.array(
    z.object({
      country: z.string().length(2),
      firstPersonId: z.int().positive(),
      shares: z.array(z.number()),
      femaleShares: z.array(share),
      ageAtDeath: z.object({ male: z.number(), female: z.number() }),
    }),
  ),
})

export type Illnesses = z.infer<typeof illnesses>
export type Condition = Illnesses['conditions'][number]
export type MeasurementKind = Illnesses['measurements'][number]
export interface RareDiseases extends z.infer<typeof rareDiseases> {
  /** ORPHA code → concept, as in the vocabulary that ships. */
  readonly concepts: ReadonlyMap<number, number>
}
export type RareDisease = RareDiseases['diseases'][number]
export type Country = z.infer<typeof countries>['countries'][number]

export interface PopulationParameters {
  readonly illnesses: Illnesses
  readonly rareDiseases: RareDiseases
  readonly countries: z.infer<typeof countries>
}

const DATA = join(import.meta.dirname, '../../../data/demo/research')

/** Reads the parameters that ship with the project, or those of another folder of the same shape. */
export function readPopulationParameters(folder = DATA): PopulationParameters {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  return {
    illnesses: illnesses.parse(read('illnesses.json')),
    rareDiseases: { ...rareDiseases.parse(read('rare-diseases.json')), concepts: orphanetConcepts() },
    countries: countries.parse(read('countries.json')),
  }
}

/** Concept of a rare disease. */
export function rareDiseaseConcept({ concepts }: RareDiseases, orpha: number): number {
  const concept = concepts.get(orpha)
  if (concept === undefined) throw new Error(`data/omop/local-vocabulary.json has no concept for ORPHA:${orpha}.`)
  return concept
}

function orphanetConcepts(): ReadonlyMap<number, number> {
  const { concepts } = LocalVocabulary.parse(JSON.parse(readFileSync(LOCAL_VOCABULARY_FILE, 'utf8')))
  return new Map(concepts.filter((one) => one.vocabulary === 'ORPHA').map((one) => [Number(one.code), one.id]))
}
