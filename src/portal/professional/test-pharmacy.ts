/** Stands in for another country's prescriptions and original documents in tests of the pages. */
import type { ListedDocument } from '#care/border/border-service.ts'
import type { CareProblemCode } from '#care/context/care-context.ts'
import type { Originals, Pharmacy, RetrievedOriginal, RetrievedPrescription } from '#care/country-b/questions.ts'
import type { DispenseOrder, OutboxEntry } from '#care/dispensing/dispensing.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { Prescription } from '#documents/pharmacy/pharmacy.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'

export const WARFARIN: Prescription = {
  id: 'urn:oid:1.2.3|RX-1.L3',
  prescriptionId: 'urn:oid:1.2.3|RX-1',
  issued: '2026-11-16',
  validUntil: '2027-05-16',
  prescriber: 'Dra. Inês Carvalho',
  status: 'open',
  items: [
    {
      id: 'urn:oid:1.2.3|RX-1.1',
      resource: 'urn:uuid:1',
      medicine: {
        product: { display: 'Varfarina Exemplo 5 mg', code: 'PT-1', system: 'urn:oid:1.9' },
        atc: { system: 'http://www.whocc.no/atc', code: 'B01AA03', display: 'Varfarina' },
        doseForm: { system: 'http://standardterms.edqm.eu', code: '10219000', display: 'comprimido' },
        strength: '5 mg',
        ingredients: [{ substance: { display: 'Varfarina' }, strength: '5 mg', active: true }],
        packaging: [],
      },
      posology: ['1 comprimido por dia'],
      quantity: { value: 2, unit: { display: 'embalagem' } },
      substitution: 'allowed',
    },
  ],
}

export const LISTED_PRESCRIPTION: ListedDocument = {
  id: 'urn:oid:1.2.3|RX-1.L3',
  classCode: '57833-6',
  title: 'Receita médica',
  created: '2026-11-16',
  author: 'Dra. Inês Carvalho',
  language: 'pt-PT',
  confidentiality: 'N',
  forms: [],
  prescription: {
    prescriptionId: 'urn:oid:1.2.3|RX-1',
    dispensable: true,
    atc: { code: 'B01AA03', display: 'Varfarina' },
    strength: '5 mg',
    product: 'Varfarina Exemplo 5 mg',
  },
}

export const LISTED_REPORT: ListedDocument = {
  id: 'urn:oid:1.2.3|LAB-1.L1',
  classCode: '11502-2',
  title: 'Relatório de análises',
  created: '2026-11-13',
  author: 'Laboratório',
  language: 'pt-PT',
  confidentiality: 'N',
  forms: [{ form: 'pdf', id: 'x', mediaType: 'application/pdf', size: 20_000 }],
}

export interface FakePharmacy extends Pharmacy {
  readonly orders: DispenseOrder[]
  readonly entries: OutboxEntry[]
  /** What country A will say to the next dispensation. */
  next: { readonly state: OutboxEntry['state']; readonly code?: CareProblemCode }
  dispensable: RetrievedPrescription['dispensable']
}

export function fakePharmacy(document: ClinicalDocument): FakePharmacy {
  const entries: OutboxEntry[] = []
  const orders: DispenseOrder[] = []
  const entryOf = (kind: OutboxEntry['kind'], id: string, { state, code }: FakePharmacy['next']): OutboxEntry => ({
    submissionId: `urn:uuid:${id}`,
    kind,
    dispensationId: `urn:uuid:d-${id}`,
    country: 'PT',
    prescriptionId: 'urn:oid:1.2.3|RX-1',
    prescriptionNumber: 'RX-1',
    state,
    ...(code === undefined ? {} : { code }),
    attempts: 1,
    confirmedAt: '2026-11-24T14:00:00Z',
    professional: 'urn:x|1',
    organisation: 'urn:x|2',
  })
  return {
    orders,
    entries,
    next: { state: 'accepted' },
    dispensable: { yes: true },
    list: async () => ok([LISTED_PRESCRIPTION]),
    async retrieve() {
      const pdf = new TextEncoder().encode('%PDF-1.7 signed')
      return ok({ entry: ENTRY, document, prescription: WARFARIN, dispensable: this.dispensable, pdf })
    },
    async dispense(_, order) {
      const known = entries[orders.findIndex(({ confirmation }) => confirmation === order.confirmation)]
      if (known) return ok({ entry: known })
      orders.push(order)
      const entry = entryOf('dispensation', order.confirmation, this.next)
      entries.push(entry)
      return ok({ entry })
    },
    async discard(_, dispensationId): Promise<Result<{ readonly entry: OutboxEntry }, CareProblemCode>> {
      if (!entries.some((one) => one.dispensationId === dispensationId)) {
        return failed('ERROR_ED_DISCARD_FAILED', 'Unknown.', 'Nothing.')
      }
      const entry = entryOf('discard', 'discard-1', this.next)
      entries.push(entry)
      return ok({ entry })
    },
    outbox: async () => entries,
  }
}

const ENTRY = {
  id: LISTED_PRESCRIPTION.id,
  type: '57833-6',
  title: 'Receita médica',
  date: '2026-11-16',
  author: 'Dra. Inês Carvalho',
  renditions: [],
}

export interface FakeOriginals extends Originals {
  readonly filters: unknown[]
  file: NonNullable<RetrievedOriginal['file']>
}

export function fakeOriginals(): FakeOriginals {
  const filters: unknown[] = []
  return {
    filters,
    file: { mediaType: 'application/pdf', bytes: new TextEncoder().encode('%PDF-1.7 report') },
    async list(_, filter) {
      filters.push(filter)
      return ok([LISTED_REPORT])
    },
    async retrieve() {
      return ok({ entry: LISTED_REPORT, file: this.file })
    },
  }
}
