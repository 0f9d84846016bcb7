/**
 * Every kind of document across every pair of wires, between separate processes over mutual TLS: summary, prescription,
 * dispensation and its discard, original document; IHE → IHE, IHE → FHIR and FHIR → IHE (through the bridge), FHIR → FHIR.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { ListedDocument } from '#care/border/border-service.ts'
import type { OutboxEntry } from '#care/dispensing/dispensing.ts'
import type { Prescription } from '#documents/pharmacy/pharmacy.ts'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { openTerminology } from '#terminology/index.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../nodes.ts'
import { type Software, signInSoftware } from '../software.ts'

const DATA = join(import.meta.dirname, '..', '..', 'data')
const home = mkdtempSync(join(tmpdir(), 'tessera-wires-'))
const nodes: NodeUnderTest[] = []

before(async () => {
  const prepared = await prepareEurope({ home, data: DATA, plan: planEurope(await freeBase()) })
  await openTerminology({ cache: join(home, 'cache') })
  await Promise.all(prepared.map(async ({ configuration }) => nodes.push(await startNodeProcess(configuration, home))))
})

after(async () => {
  await Promise.all(nodes.map((node) => node.kill()))
  rmSync(home, { recursive: true, force: true })
})

interface Patient {
  readonly country: string
  readonly answers: Readonly<Record<string, string>>
  readonly family: string
  /** Words that the original document must bring along, when it is structured. */
  readonly reportCode?: string
}

const MARIA: Patient = {
  country: 'PT',
  answers: { 'id-2.16.17.710.820.1000.990.1.1': '298123456', birthDate: '1958-04-12' },
  family: 'Ferreira',
}
const ELENI: Patient = {
  country: 'GR',
  answers: { 'id-2.16.17.710.808.1000.990.1': '12076499982', birthDate: '1964-07-12' },
  family: 'Papadopoulou',
}
const KADRI: Patient = { country: 'EE', answers: { 'id-1.3.6.1.4.1.28284.6.2.2.1': '49503129993' }, family: 'Tamm' }

const PAIRS = [
  { wires: 'IHE → IHE', from: 'pt', doctor: 'ines.carvalho', pharmacist: 'rita.moura', patient: ELENI },
  { wires: 'IHE → FHIR', from: 'pt', doctor: 'ines.carvalho', pharmacist: 'rita.moura', patient: KADRI },
  { wires: 'FHIR → IHE', from: 'ee', doctor: 'mart.kuusk', pharmacist: 'piret.lepik', patient: MARIA },
  { wires: 'FHIR → FHIR', from: 'fr', doctor: 'claire.martin', pharmacist: 'lucas.bernard', patient: KADRI },
] as const

for (const { wires, from, doctor, pharmacist, patient } of PAIRS) {
  const between = `${from.toUpperCase()} → ${patient.country}`
  test(`${wires} (${between}): patient summary`, async () => {
    const software = await signInSoftware(home, from, doctor)
    const care = await careOf(software, patient)
    const listed = value<{ id: string }[]>(await software.post('/documents', care))
    const bundle = value<{ entry: { resource: { resourceType: string } }[] }>(
      await software.post('/document', { ...care, document: listed[0]?.id }),
    )
    const kinds = new Set(bundle.entry.map(({ resource }) => resource.resourceType))
    for (const kind of ['Composition', 'Patient', 'AllergyIntolerance', 'MedicationStatement', 'Condition']) {
      assert.ok(kinds.has(kind), kind)
    }
  })

  test(`${wires} (${between}): prescription, dispensation, discard`, async () => {
    const software = await signInSoftware(home, from, pharmacist)
    const care = await careOf(software, patient)
    const { id, prescription } = await firstPrescription(software, care)
    const [item] = prescription.items
    assert.ok(item)
    assert.ok(item.medicine.atc?.code, 'the active ingredient is coded')
    assert.ok(item.posology.length > 0, 'the posology is there')
    const order = {
      ...care,
      document: id,
      confirmation: `journey-of-${from}-to-${patient.country}`,
      items: [
        {
          prescribedItem: item.id,
          product: { name: item.medicine.product?.display ?? 'Generic' },
          substituted: false,
          packages: item.quantity?.value ?? 1,
        },
      ],
    }
    const first = value<{ entry: OutboxEntry }>(await software.post('/dispense', order))
    assert.equal(first.entry.state, 'accepted', JSON.stringify(first.entry))
    const again = value<{ entry: OutboxEntry }>(await software.post('/dispense', order))
    assert.equal(again.entry.submissionId, first.entry.submissionId)
    const closed = await software.post('/prescription', { ...care, document: id })
    assert.notDeepEqual(closed.json<{ dispensable?: unknown }>().dispensable, { yes: true })
    const { dispensationId } = first.entry
    const discarded = value<{ entry: OutboxEntry }>(
      await software.post('/discard', { ...care, dispensation: dispensationId }),
    )
    assert.equal(discarded.entry.state, 'accepted', JSON.stringify(discarded.entry))
    const reopened = await firstPrescription(software, care, id)
    assert.deepEqual(reopened.dispensable, { yes: true })
  })

  test(`${wires} (${between}): original document`, async () => {
    const software = await signInSoftware(home, from, doctor)
    const care = await careOf(software, patient)
    const listed = value<ListedDocument[]>(await software.post('/originals', { ...care, classCode: '11502-2' }))
    assert.equal(listed[0]?.classCode, '11502-2')
    const original = await software.post('/original', { ...care, document: listed[0]?.id })
    assert.equal(original.status, 200)
    const text = Buffer.from(original.bytes).toString('latin1')
    if (original.contentType === 'application/pdf') assert.ok(text.startsWith('%PDF-'))
    else assert.ok(text.includes('14771-0'), 'a structured report holds its results')
  })
}

/** Finds the patient and states why his data are needed, as software does in every request. */
async function careOf(software: Software, { country, answers, family }: Patient) {
  const found = value<{ identifier: string; family: string }[]>(await software.post('/patients', { country, answers }))
  assert.equal(found[0]?.family, family)
  const now = new Date().toISOString()
  return {
    country,
    patient: found[0]?.identifier,
    purpose: 'TREATMENT',
    relationshipDeclaredAt: now,
    notice: { version: '2', languages: ['en'], recordedAt: now },
  }
}

async function firstPrescription(software: Software, care: Awaited<ReturnType<typeof careOf>>, wanted?: string) {
  const listed = value<ListedDocument[]>(await software.post('/prescriptions', care))
  const id = wanted ?? listed[0]?.id
  const read = value<{ prescription: Prescription; dispensable: unknown }>(
    await software.post('/prescription', { ...care, document: id }),
  )
  return { id, ...read }
}

function value<T>(answer: Awaited<ReturnType<Software['post']>>): T {
  assert.equal(answer.status, 200, new TextDecoder().decode(answer.bytes).slice(0, 400))
  return answer.json<T>()
}
