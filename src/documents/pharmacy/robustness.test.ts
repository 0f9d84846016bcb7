/** Documents of any shape: nothing throws, nothing hangs, and what is no prescription is none. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openMessages } from '#platform/i18n/messages.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { TERMINOLOGY } from '../cda/testing/documents.ts'
import { writeCda } from '../cda/write/index.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { originalContentOf } from '../originals/original-content.ts'
import { originalFactsOf } from '../originals/original-facts.ts'
import { readDocument } from '../read.ts'
import { checkDispensation, NOTHING_BEFORE } from './check-dispensation.ts'
import { dispensationDocument } from './dispensation-document.ts'
import { dispensationFactsOf } from './dispensation-facts.ts'
import { readDispensingPolicy } from './dispensing-rules.ts'
import type { DispensationFacts } from './pharmacy.ts'
import { posologyOf } from './posology.ts'
import { prescriptionOf } from './prescription.ts'
import { prescriptionDocumentOf } from './prescription-document.ts'
import { prescriptionBundle } from './testing/prescriptions.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
const READER = {
  language: 'en',
  terminology: TERMINOLOGY,
  messages: openMessages(join(DATA, 'messages'), 'en'),
  now: new Date('2024-01-10'),
}
const POLICY = readDispensingPolicy(JSON.parse(readFileSync(join(DATA, 'policies', 'dispensing.json'), 'utf8')))

/** Everything that this folder and its neighbours do with a document. */
function useAll(document: ClinicalDocument): void {
  const prescription = prescriptionOf(document)
  dispensationFactsOf(document)
  originalContentOf(document, { maximumBytes: 1_000_000 })
  originalFactsOf(document)
  writeCda(document, { terminology: TERMINOLOGY })
  const made = prescriptionDocumentOf(document)
  if (made !== undefined) writeCda(made, { terminology: TERMINOLOGY })
  if (prescription === undefined || !POLICY.ok) return
  for (const { resource } of prescription.items) posologyOf(document, resource, READER)
  const facts: DispensationFacts = {
    dispensationId: 'urn:uuid:3f0e4cb0-59e4-4bd4-9c5a-0f7a86b52a11',
    dispensed: '2024-02-01T10:00:00Z',
    pharmacist: { identifier: 'x|y', given: '', family: '' },
    pharmacy: { identifier: '', name: '', country: '' },
    items: prescription.items.map(({ id }) => ({
      prescribedItem: id,
      product: { name: 'x' },
      substituted: false,
      packages: 1,
    })),
  }
  checkDispensation(prescription, NOTHING_BEFORE, facts, POLICY.value.of('FR'))
  const dispensation = dispensationDocument(document, facts, { language: 'en' })
  if (!dispensation.ok) return
  dispensationFactsOf(dispensation.value)
  writeCda(dispensation.value, { terminology: TERMINOLOGY })
}

/** A JSON value with one of its parts replaced: `at` counts the parts in order. */
function replaced(value: unknown, at: number, by: unknown): unknown {
  let left = at
  const walk = (held: unknown): unknown => {
    if (left-- === 0) return by
    if (Array.isArray(held)) return held.map(walk)
    if (typeof held === 'object' && held !== null)
      return Object.fromEntries(Object.entries(held).map(([key, one]) => [key, walk(one)]))
    return held
  }
  return walk(value)
}

function partsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, one) => sum + partsIn(one), 1)
}

const ODD = [null, [], {}, '', 'x', 0, -1, 1e308, true, [[]], [null], { reference: '#x' }, { coding: 'x' }, ['x', {}]]

function changedAndUsed(seeds: readonly unknown[], runs: number): void {
  const sizes = seeds.map(partsIn)
  fc.assert(
    fc.property(
      fc.nat(seeds.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ODD)), { minLength: 1, maxLength: 3 }),
      (which, changes) => {
        let value = seeds[which]
        for (const [at, by] of changes) value = replaced(value, 1 + (at % (sizes[which] ?? 1)), by)
        const result = readDocument(Buffer.from(JSON.stringify(value)), { terminology: TERMINOLOGY })
        if (result.ok) useAll(result.value)
      },
    ),
    { numRuns: runs, seed: 20261127 },
  )
}

test('a prescription with parts of any shape', () => {
  changedAndUsed([prescriptionBundle({}), prescriptionBundle({ substitution: true })], 600)
})

test('documents of the corpus with parts of any shape', { skip: withoutCorpus() }, () => {
  const seeds = corpusFiles('{openncp/cda/{ep,ed}/v7*.xml,openncp/cda/ed/dk*.xml,fhir/ig-mpd/*.json}').flatMap(
    (file) => {
      const document = readDocument(readFileSync(file), { terminology: TERMINOLOGY })
      return document.ok ? [JSON.parse(JSON.stringify(document.value.bundle))] : []
    },
  )
  assert.ok(seeds.length > 10)
  changedAndUsed(seeds, 150)
})
