/** Patients and prescriptions for country A's folder, made from the facts and a summary of the demonstration. */
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cdaPrescription } from '../../../data/demo/prescription-cda.ts'
import { fhirPrescription } from '../../../data/demo/prescription-fhir.ts'
import { type PrescriptionFacts, prescriptionFacts } from '../../../data/demo/prescriptions.ts'
import type { Chance } from './random.ts'

const DEMO = join(import.meta.dirname, '..', '..', '..', 'data', 'demo')

/** One medicine of a prescription. */
export interface PrescribedLine {
  /** `system|value`. */
  readonly patient: string
  /** As on the paper. */
  readonly prescription: string
  /** Counted from 0. */
  readonly line: number
  readonly packages: number
}

/** Whose documents the new ones are made from. */
const TEMPLATES = {
  gr: { summary: 'GR/documents/eleni-papadopoulou.L3.xml', number: '12076499982', passport: 'AT9990001' },
  ee: { summary: 'EE/documents/kadri-tamm.json', number: '49503129993', passport: undefined },
} as const
export type PrescribingCountry = keyof typeof TEMPLATES

const DAY = 24 * 3_600_000
const PRESCRIPTIONS_OF_ONE = 5

/** Writes prescriptions into the folder until they hold at least so many packages; the folder is not in use yet. */
export async function prescribe(
  folder: string,
  country: PrescribingCountry,
  packages: number,
  { between, happens }: Chance,
): Promise<readonly PrescribedLine[]> {
  const { summary, number, passport } = TEMPLATES[country]
  const text = readFileSync(join(DEMO, summary), 'utf8')
  const register = JSON.parse(await readFile(join(folder, 'patients.json'), 'utf8')) as RegisteredPatient[]
  const model = register.find(({ identifiers }) => identifiers.some((one) => one.endsWith(`|${number}`)))
  if (!model) throw new Error(`There is no patient ${number}.`)
  // Few enough files that a start is short, enough prescriptions that one which is held up holds up no others.
  const most = Math.max(6, Math.ceil(packages / 120))
  const lines: PrescribedLine[] = []
  for (let patient = 0, left = packages; left > 0; patient += 1) {
    const own = numberOf(number, patient)
    const ownPassport = `XX${String(patient).padStart(7, '0')}`
    const renamed = (words: string): string => {
      const numbered = words.replaceAll(number, own)
      return passport === undefined ? numbered : numbered.replaceAll(passport, ownPassport)
    }
    register.push({ ...model, identifiers: model.identifiers.map(renamed) })
    for (let index = 0; index < PRESCRIPTIONS_OF_ONE && left > 0; index += 1) {
      const prescription = `RX-CHAOS-${patient}-${index}`
      const given = Array.from({ length: happens(0.2) ? 2 : 1 }, () => (happens(0.3) ? 1 : between(2, most)))
      left -= given.reduce((sum, one) => sum + one, 0)
      await writePrescription(folder, country, prescription, given, renamed(text))
      const identifier = renamed(model.identifiers[0] ?? '')
      lines.push(...given.map((one, line) => ({ patient: identifier, prescription, line, packages: one })))
    }
  }
  await writeFile(join(folder, 'patients.json'), JSON.stringify(register))
  return lines
}

interface RegisteredPatient {
  readonly identifiers: readonly string[]
}

/** As long as the model's and different from it; nobody checks its digits behind the search mask. */
function numberOf(model: string, patient: number): string {
  return `9${String(patient).padStart(model.length - 1, '0')}`
}

async function writePrescription(
  folder: string,
  country: PrescribingCountry,
  number: string,
  packages: readonly number[],
  summary: string,
): Promise<void> {
  const model = prescriptionFacts().find((facts) => facts.country === country.toUpperCase())
  const item = model?.items[0]
  if (!model || !item) throw new Error(`${country} prescribes nothing.`)
  const facts: PrescriptionFacts = {
    ...model,
    number,
    // Identifiers are opaque on the IHE wire; the title is what a list shows of the paper.
    title: number,
    original: false,
    issued: new Date(Date.now() - DAY).toISOString().slice(0, 10),
    until: new Date(Date.now() + 180 * DAY).toISOString().slice(0, 10),
    items: packages.map((count) => ({ ...item, packages: count })),
  }
  const [name, text] =
    country === 'ee'
      ? [`${number}.json`, fhirPrescription(facts, summary)]
      : [`${number}.L3.xml`, cdaPrescription(facts, summary)]
  await writeFile(join(folder, 'documents', name), text)
}
