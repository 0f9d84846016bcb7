/** For tests over any wire: the demonstration's people, and the steps that come before a document is seen. */
import { readDocument } from '#documents/read.ts'
import { transcode } from '#documents/transcode/transcode.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { CareContext } from '../context/care-context.ts'
import { cdaForms } from '../country-a/cda-forms.ts'
import type { DispenseOrder } from '../dispensing/dispensing.ts'
import { claire } from './claire-martin.ts'
import type { Reading, TestCountry } from './europe.ts'
import { valueFrom } from './listen.ts'

/** A pharmacist. */
export const luc: Professional = {
  ...claire,
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001029',
  given: 'Luc',
  family: 'Bernard',
  role: { code: '2262', display: 'Pharmacists' },
  organisation: { identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000202', name: 'Pharmacie du Lac', kind: 'Pharmacy' },
}

const UTENTE = 'id-2.16.17.710.820.1000.990.1.1'
/** Has a summary, two prescriptions and a laboratory report. */
export const MARIA = { [UTENTE]: '298 123 456', birthDate: '1958-04-12' }
/** Objects to every access from abroad. */
export const TAVARES = { [UTENTE]: '284556731', birthDate: '1971-09-30' }
/** Has nothing. */
export const BEATRIZ = { [UTENTE]: '301447802', birthDate: '1990-02-17' }

/** The real rooms. */
export function realReading(terminology: TerminologyCatalogue): Reading {
  return {
    readDocument: (bytes) => readDocument(bytes, { terminology }),
    transcode: (document) => transcode(document, terminology),
    cda: cdaForms(() => terminology),
  }
}

/** The person found, and the treatment declared. */
export async function contextOf(
  asking: TestCountry,
  professional: Professional,
  country: string,
  answers: Readonly<Record<string, string>>,
): Promise<CareContext> {
  const [candidate] = valueFrom(await asking.b.identify(professional, country, answers))
  if (!candidate) throw new Error('Nobody was found.')
  const now = new Date().toISOString()
  return {
    professional,
    patient: candidate.identifier,
    country,
    purpose: 'TREATMENT',
    relationship: { declaredAt: now },
    notice: { version: '1', languages: ['fr'], recordedAt: now },
  }
}

/** Maria's warfarin, one package, as the pharmacist's form says it. */
export async function warfarinOrder(
  asking: TestCountry,
  context: CareContext,
  confirmation: string,
  search: NonNullable<DispenseOrder['search']> = {},
): Promise<DispenseOrder> {
  const listed = valueFrom(await asking.b.pharmacy.list(context, search))
  const warfarin = listed.find(({ prescription }) => prescription?.atc?.code === 'B01AA03')
  if (!warfarin) throw new Error('There is no warfarin in the list.')
  const { prescription } = valueFrom(await asking.b.pharmacy.retrieve(context, warfarin.id, search))
  const items = prescription.items.map(({ id }) => ({
    prescribedItem: id,
    product: { name: 'Varfarina Exemplo 5 mg' },
    substituted: false,
    packages: 1,
  }))
  return { prescriptionDocument: warfarin.id, items, confirmation, search }
}
