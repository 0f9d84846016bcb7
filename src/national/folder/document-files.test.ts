import assert from 'node:assert/strict'
import { existsSync, globSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isoTime } from './cda-header.ts'
import { readDocumentFile } from './document-files.ts'
import { readFhirHeader } from './fhir-header.ts'

const corpus = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus')

test('HL7 times become ISO 8601, as precise as they are', () => {
  for (const [value, iso] of [
    ['2026', '2026'],
    ['202611', '2026-11'],
    ['20261103', '2026-11-03'],
    ['2026110310', '2026-11-03T10:00:00'],
    ['20261103101500+0000', '2026-11-03T10:15:00+00:00'],
    ['20261103101500.123-0130', '2026-11-03T10:15:00-01:30'],
    ['yesterday', ''],
    ['', ''],
  ]) {
    assert.equal(isoTime(value ?? ''), iso)
  }
})

test('documents by other authors have a header or a named problem', {
  skip: !existsSync(corpus) && 'the documents lie in ../shared/corpus, which is absent',
}, async () => {
  const directory = join(corpus, 'openncp', 'cda', 'ps')
  const names = globSync('*.xml', { cwd: directory })
  let complete = 0
  for (const name of names) {
    const reading = await readDocumentFile(directory, name, `${statSync(join(directory, name)).size}-0-0`)
    if (!reading.ok) assert.equal(reading.problem.place?.file, name)
    else if (reading.file.header?.author && reading.file.header.effectiveTime) complete += 1
  }
  assert.ok(complete / names.length > 0.9, `${complete} of ${names.length}`)
})

const SUBJECT = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: 'urn:oid:1.2', value: '7' }, { value: 'without system' }],
}

function bundle(author: unknown, ...more: readonly unknown[]): unknown {
  return {
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:x', value: 'd1' },
    entry: [
      {
        fullUrl: 'https://a.example/Composition/c',
        resource: {
          resourceType: 'Composition',
          type: {
            coding: [
              { system: 'urn:local', code: 'PS' },
              { system: 'http://loinc.org', code: '60591-5' },
            ],
          },
          subject: { reference: 'Patient/p' },
          date: '2026-11-03',
          title: 'Summary',
          author: [author],
        },
      },
      { fullUrl: 'https://a.example/Patient/p', resource: SUBJECT },
      ...more.map((resource) => ({ resource })),
    ],
  }
}

test('a FHIR document tells class, patient and author, through a role too', () => {
  const role = { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: 'Practitioner/d' } }
  const doctor = { resourceType: 'Practitioner', id: 'd', name: [{ prefix: ['Dr'], given: ['Ana'], family: 'Sá' }] }
  const header = readFhirHeader(bundle({ reference: 'PractitionerRole/r' }, role, doctor), 'file')
  assert.equal(header?.classCode, '60591-5')
  assert.deepEqual(header?.patients, ['urn:oid:1.2|7'])
  assert.equal(header?.author, 'Dr Ana Sá')
  const nameless = readFhirHeader(bundle({ reference: 'PractitionerRole/r', display: 'Clinic' }, role), 'file')
  assert.equal(nameless?.author, 'Clinic')
  assert.equal(header?.id, nameless?.id)
})

test('what is no document, or about nobody, has no header', () => {
  assert.equal(readFhirHeader({ resourceType: 'Bundle', type: 'collection', entry: [{}] }, 'f'), undefined)
  assert.equal(readFhirHeader(null, 'f'), undefined)
  const { entry } = bundle({}) as { entry: unknown[] }
  assert.equal(readFhirHeader({ resourceType: 'Bundle', type: 'document', entry: entry.slice(1) }, 'f'), undefined)
  assert.equal(readFhirHeader({ resourceType: 'Bundle', type: 'document', entry: entry.slice(0, 1) }, 'f'), undefined)
})

test('too large, wrong encoding and DOCTYPE are problems with the file’s name', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'document-files-'))
  const code = async (name: string, content: string | Uint8Array, size = 10) => {
    await writeFile(join(directory, name), content)
    const reading = await readDocumentFile(directory, name, `${size}-0-0`)
    return reading.ok ? 'ok' : reading.problem.code
  }
  assert.equal(await code('big.xml', '<a/>', 65 * 1024 * 1024), 'document-too-large')
  assert.equal(await code('doctype.xml', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), 'xml-doctype')
  assert.equal(await code('latin.json', new Uint8Array([0x7b, 0xe9, 0x7d])), 'document-not-understood')
  assert.equal(await code('deep.xml', `${'<a>'.repeat(100_000)}`), 'xml-too-deep')
  await rm(directory, { recursive: true })
})
