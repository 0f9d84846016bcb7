import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseXml } from '#platform/xml/parse.ts'
import type { NationalConnector, NationalDispensation } from '../connector.ts'
import { CONTRACT_PHARMACIST } from '../connector-contract.ts'
import { readCdaPrescription } from './cda-prescription.ts'
import { dispensingFiles } from './dispensing-file.ts'
import { openFolderConnector } from './folder-connector.ts'

const ANA = {
  identifiers: ['urn:oid:1.2.4|7'],
  family: 'Sá',
  given: ['Ana'],
  birthDate: '1980-01-01',
  gender: 'female',
}
const PATIENT = 'urn:oid:1.2.4|7'
const PRESCRIPTION = 'urn:oid:1.2.3|RX'
const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

function prescription(lines: string, code = '57833-6'): string {
  return `<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3" extension="RX"/><code code="${code}"/>
    <title>Receita</title><effectiveTime value="20261103"/>
    <recordTarget><patientRole><id root="1.2.4" extension="7"/></patientRole></recordTarget>
    <component><structuredBody><component><section><code code="57828-6"/>${lines}</section></component></structuredBody></component>
    </ClinicalDocument>`
}

const line = (id: string, packages: number, until = '20271231') =>
  `<entry><substanceAdministration><id root="1.2.3" extension="${id}"/>
    <effectiveTime><high value="${until}"/></effectiveTime>
    <entryRelationship><supply><quantity value="${packages}" unit="1"/></supply></entryRelationship>
    </substanceAdministration></entry>`

async function folder(files: Readonly<Record<string, string | Uint8Array>>) {
  const directory = await mkdtemp(join(tmpdir(), 'folder-dispensing-'))
  await mkdir(join(directory, 'documents'))
  await writeFile(join(directory, 'patients.json'), JSON.stringify([ANA]))
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, 'documents', name), content)
  const problems: string[] = []
  const open = () =>
    openFolderConnector({
      directory,
      recheckAfter: 0,
      clock: () => new Date('2026-11-27T09:00:00Z'),
      onProblem: ({ code, place }) => problems.push(`${code} ${place?.file}`),
    })
  return { directory, problems, open, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

function give(id: string, items: readonly (readonly [string, number])[], prescriptionId = PRESCRIPTION) {
  const dispensation: NationalDispensation = {
    submissionId: `urn:oid:1.${id}`,
    dispensationId: `urn:uuid:${id}`,
    prescriptionId,
    items: items.map(([prescribedItem, packages]) => ({
      prescribedItem,
      packages,
      product: 'Any',
      substituted: false,
    })),
    document: { format: 'cda', bytes: new Uint8Array([1]) },
  }
  return async (connector: NationalConnector): Promise<string> => {
    const answer = await connector.submitDispensation(dispensation, PATIENT, CONTRACT_PHARMACIST)
    return answer.ok ? 'ok' : answer.problem.code
  }
}

async function listed(connector: NationalConnector, filter: { prescriptionId?: string; pin?: string } = {}) {
  const answer = await connector.listPrescriptions(PATIENT, filter, CONTRACT_PHARMACIST)
  assert.ok(answer.ok)
  return answer.value.map((document) => document.prescription?.status)
}

test('each line is counted for itself', async () => {
  await using held = await folder({ 'rx.L3.xml': prescription(line('1', 1) + line('2', 2)) })
  const connector = await held.open()
  const [one, two] = ['urn:oid:1.2.3|1', 'urn:oid:1.2.3|2']
  assert.equal(await give('a', [[one, 1]])(connector), 'ok')
  assert.equal(await give('b', [[one, 1]])(connector), 'national-already-dispensed')
  assert.equal(
    await give('c', [
      [two, 1],
      [two, 2],
    ])(connector),
    'national-already-dispensed',
  )
  assert.equal(await give('d', [['urn:oid:1.2.3|9', 1]])(connector), 'national-not-dispensable')
  assert.equal(await give('e', [])(connector), 'national-not-dispensable')
  assert.deepEqual(await listed(connector), ['partly-dispensed'])
  assert.equal(await give('f', [[two, 2]])(connector), 'ok')
  assert.deepEqual(await listed(connector), ['dispensed'])
})

test('what the country says of a prescription: kept at home, cancelled, run out, with a PIN, by its number only', async () => {
  const about = (rules: object) => JSON.stringify({ prescription: rules })
  const state = async (rules: object, until = '20271231') => {
    await using held = await folder({ 'rx.L3.xml': prescription(line('1', 1, until)), 'rx.about.json': about(rules) })
    const connector = await held.open()
    const answers = [await listed(connector), await listed(connector, { pin: '1234' })]
    answers.push(await listed(connector, { prescriptionId: 'RX' }), await listed(connector, { prescriptionId: 'RY' }))
    return { answers, given: await give('a', [['', 1]])(connector), problems: held.problems }
  }
  const kept = await state({ crossBorder: false })
  assert.deepEqual(kept, {
    answers: [['open'], ['open'], ['open'], []],
    given: 'national-not-dispensable',
    problems: [],
  })
  assert.equal((await state({ cancelled: true })).answers[0]?.[0], 'cancelled')
  assert.equal((await state({ cancelled: true })).given, 'national-not-dispensable')
  const old = await state({}, '20261126')
  assert.deepEqual([old.answers[0], old.given], [['expired'], 'national-not-dispensable'])
  assert.deepEqual((await state({}, '20261127')).answers[0], ['open'], 'the last day counts')
  assert.deepEqual((await state({ pin: '1234' })).answers, [[], ['open'], [], []])
  assert.deepEqual((await state({ byIdentifierOnly: true })).answers, [[], [], ['open'], []])
  assert.equal((await state({ crossborder: false })).problems.length, 1, 'a misspelt rule is told, not passed over')
})

test('two programs on one folder: one gets the last package', async () => {
  await using held = await folder({ 'rx.L3.xml': prescription(line('1', 1)) })
  const connectors = [await held.open(), await held.open()]
  const answers = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((index) => {
      const connector = connectors[index % 2]
      assert.ok(connector)
      return give(`p${index}`, [['', 1]])(connector)
    }),
  )
  assert.equal(answers.filter((answer) => answer === 'ok').length, 1)
  assert.equal(answers.filter((answer) => answer === 'national-already-dispensed').length, 5)
})

test('a crash leaves a number whole or free; a damaged file stops everything about that prescription', async () => {
  await using held = await folder({ 'rx.L3.xml': prescription(line('1', 1)) })
  const files = dispensingFiles(join(held.directory, 'dispensations'))
  const connector = await held.open()
  assert.equal(await give('a', [['', 1]])(connector), 'ok')
  const [name] = await readdir(join(held.directory, 'dispensations'))
  assert.ok(name)
  const inside = join(held.directory, 'dispensations', name)
  assert.deepEqual(await readdir(inside), ['000001.json'], 'no draft stays behind')
  // As after a crash before the number was taken.
  await writeFile(join(inside, '0d0f.draft'), '{"kind":')
  const again = await held.open()
  assert.equal(await give('a', [['', 1]])(again), 'ok')
  assert.equal((await files.read(PRESCRIPTION)).length, 1)
  await writeFile(join(inside, '000002.json'), '{"kind":')
  assert.equal(await give('b', [['', 1]])(again), 'national-dispensation-not-stored')
  const unreadable = await again.listPrescriptions(PATIENT, {}, CONTRACT_PHARMACIST)
  assert.equal(!unreadable.ok && unreadable.problem.code, 'national-unavailable')
})

const corpus = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'openncp', 'cda', 'ep')

test('prescriptions by other authors: identifiers, lines, packages and, mostly, what is prescribed', {
  skip: !existsSync(corpus) && 'the documents lie in ../shared/corpus, which is absent',
}, () => {
  let coded = 0
  let complete = 0
  for (const name of readdirSync(corpus).filter((file) => file.endsWith('.xml'))) {
    const parsed = parseXml(readFileSync(join(corpus, name)))
    if (!parsed.ok) continue
    const prescription = readCdaPrescription(parsed.value.root)
    if (!prescription) continue
    assert.ok(prescription.identifiers.length > 0, name)
    for (const { packages } of prescription.lines) assert.ok(packages > 0, name)
    if (prescription.lines.length === 0) continue
    coded += 1
    if (prescription.atc && prescription.doseForm && prescription.product) complete += 1
  }
  assert.ok(coded >= 15, `${coded} coded prescriptions`)
  assert.ok(complete / coded > 0.8, `${complete} of ${coded}`)
})

test('a number is taken once', async () => {
  await using held = await folder({})
  const files = dispensingFiles(join(held.directory, 'dispensations'))
  const event = {
    kind: 'discard',
    submissionId: 's',
    dispensationId: 'd',
    country: 'FR',
    organisation: 'o',
    recorded: '2026-11-27T09:00:00Z',
  } as const
  const taken = await Promise.all(Array.from({ length: 10 }, () => files.append('p', 1, event)))
  assert.equal(taken.filter(Boolean).length, 1)
  assert.deepEqual(await files.read('p'), [event])
  assert.deepEqual(await files.read('never'), [])
})

test('PDF, PNG and JPEG with a description are original documents; without one they are told', async () => {
  const about = (classCode: string, more: object = {}) =>
    JSON.stringify({ patient: PATIENT, classCode, title: 'T', effectiveTime: '2026-11-03T10:00:00Z', ...more })
  await using held = await folder({
    'scan.png': PNG,
    'scan.about.json': about('x-clinical-image', { author: 'Dr. Sá', authorSpecialty: 'Radiology' }),
    'letter.pdf': '%PDF-1.7',
    'letter.about.json': about('34105-7', { reasonOfHospitalisation: { code: 'I21', system: 'x', display: 'Y' } }),
    'photo.jpeg': new Uint8Array([0xff, 0xd8, 0xff, 0xe0]),
    'false.png': '%PDF',
    'false.about.json': about('x-clinical-image'),
    'short.about.json': JSON.stringify({ patient: 'nobody' }),
  })
  const connector = await held.open()
  const answer = await connector.listOriginalDocuments(PATIENT, {}, CONTRACT_PHARMACIST)
  assert.ok(answer.ok)
  assert.deepEqual(
    answer.value.map(({ classCode, format, authorSpecialty }) => [classCode, format, authorSpecialty]).sort(),
    [
      ['34105-7', 'pdf', undefined],
      ['x-clinical-image', 'png', 'Radiology'],
    ],
  )
  const [image] = answer.value.filter(({ format }) => format === 'png')
  const got = await connector.getDocument(PATIENT, image?.id ?? '', CONTRACT_PHARMACIST)
  assert.deepEqual(got.ok && Buffer.from(got.value.bytes), PNG)
  const images = { kind: 'x-clinical-image', maximumSize: 4 }
  const small = await connector.listOriginalDocuments(PATIENT, images, CONTRACT_PHARMACIST)
  assert.deepEqual(small, { ok: true, value: [] })
  assert.deepEqual(held.problems.sort(), [
    'document-not-tied photo.jpeg',
    'document-not-understood false.png',
    'document-not-understood short.about.json',
  ])
})
