import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readDocument } from '#documents/read.ts'
import { transcode } from '#documents/transcode/transcode.ts'
import { openTerminology } from '#terminology/index.ts'
import { claire as doctor } from './testing/claire-martin.ts'
import { type Europe, openEurope, valueFrom } from './testing/europe.ts'

/** The demonstration's own people and documents, through the real readers and the real terminology. */

let europe: Europe
let cache: string

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tessera-border-'))
  const terminology = await openTerminology({ cache })
  europe = await openEurope(
    ['FR', 'PT', 'EE', 'GR'],
    {
      readDocument: (bytes) => readDocument(bytes, { terminology }),
      transcode: (document) => transcode(document, terminology),
    },
    () => new Date(),
  )
})
after(async () => {
  await europe.close()
  await rm(cache, { recursive: true, force: true })
})

for (const { country, answers } of [
  { country: 'PT', answers: { 'id-2.16.17.710.820.1000.990.1.1': '298 123 456', birthDate: '1958-04-12' } },
  { country: 'EE', answers: { 'id-1.3.6.1.4.1.28284.6.2.2.1': '49503129993' } },
  { country: 'GR', answers: { 'id-2.16.17.710.808.1000.990.1': '12076499982', birthDate: '1964-07-12' } },
]) {
  test(`a French doctor reads a summary from ${country}`, async () => {
    const { b } = europe.country('FR')
    const [candidate] = valueFrom(await b.identify(doctor, country, answers))
    assert.ok(candidate)
    const now = new Date().toISOString()
    const context = {
      professional: doctor,
      patient: candidate.identifier,
      country,
      purpose: 'TREATMENT' as const,
      relationship: { declaredAt: now },
      notice: { version: '1', languages: ['fr'], recordedAt: now },
    }
    const [entry] = valueFrom(await b.documents(context))
    assert.ok(entry)
    const { document } = valueFrom(await b.retrieve(context, entry.id))
    const types = (document.bundle.entry ?? []).map(({ resource }) => resource?.resourceType)
    assert.equal(types[0], 'Composition')
    for (const type of ['Patient', 'AllergyIntolerance', 'Condition'])
      assert.ok(
        types.some((one) => one === type),
        type,
      )
    assert.ok(document.origin.language, 'the language of the source is known')
  })
}
