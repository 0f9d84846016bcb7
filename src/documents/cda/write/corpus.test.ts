/** Every document that others wrote, read and written again: valid, nothing lost in the eyes of a check from outside, the same twice. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { openTerminology } from '#terminology/open.ts'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { readDocument } from '../../read.ts'
import { missingInCda } from './testing/outside-check.ts'
import { missingOfBundle } from './testing/outside-fhir.ts'
import { cdaSchema } from './testing/schema.ts'
import { type WrittenCda, writeCda } from './write-cda.ts'

const skip = withoutCorpus()
const home = mkdtempSync(join(tmpdir(), 'tessera-write-'))
after(() => rmSync(home, { recursive: true, force: true }))
const terms = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terms')
const terminology = await openTerminology({ cache: home, sources: { terms, packages: [], icu: true } })
const invalid = skip ? () => '' : cdaSchema()

const SUMMARIES = corpusFiles('openncp/cda/ps/*.xml')
const OTHERS = ['openncp/cda/{ep,ed,mro,orcd,other}/*.xml', 'france/cda/*.xml'].flatMap(corpusFiles)
const FHIR = corpusFiles('fhir/**/*.json')

function read(bytes: Uint8Array, file: string): ClinicalDocument | undefined {
  const result = readDocument(bytes, { file, terminology })
  return result.ok ? result.value : undefined
}

function write(document: ClinicalDocument, file: string): WrittenCda {
  const written = writeCda(document, { terminology })
  assert.ok(written.ok, written.ok ? '' : `${file}: ${written.problem.sentence}`)
  return written.value
}

/** Reads what was written, which must state at least as much as the source, and lose nothing on its way in. */
function readAgain({ xml }: WrittenCda, source: ClinicalDocument, file: string): ClinicalDocument {
  const again = read(Buffer.from(xml), file)
  assert.ok(again, file)
  const { statements } = again.account
  assert.ok(statements.length >= source.account.statements.length, `${file}: ${statements.length} statements`)
  assert.ok(!statements.some(({ fate }) => fate === 'not-carried'), file)
  return again
}

function cdaThere(files: readonly string[], viaFhir: boolean): number {
  let statements = 0
  for (const file of files) {
    const bytes = readFileSync(file)
    const source = read(bytes, file)
    if (source === undefined) continue
    const document = viaFhir ? read(Buffer.from(JSON.stringify(source.bundle)), file) : source
    assert.ok(document, file)
    const written = write(document, file)
    assert.equal(invalid(written.xml), '', file)
    readAgain(written, source, file)
    const listed = [...source.account.notCarried, ...written.notWritten].map(({ what }) => what)
    const missing = missingInCda(bytes.toString('utf8'), written.xml, listed, terminology.canonicalSystem)
    assert.deepEqual(missing, [], file)
    statements += source.account.statements.length
  }
  return statements
}

test('patient summaries: CDA, model, CDA', { skip }, () => {
  assert.ok(SUMMARIES.length > 50)
  assert.ok(cdaThere(SUMMARIES, false) > 1500)
})

test('patient summaries: CDA, model, FHIR text, model, CDA', { skip }, () => {
  assert.ok(cdaThere(SUMMARIES, true) > 1500)
})

test('prescriptions, dispensations, reports and documents of other countries', { skip }, () => {
  assert.ok(cdaThere(OTHERS, false) > 2000)
})

test('most facts find a place of their own', { skip }, () => {
  let beside = 0
  for (const file of SUMMARIES) {
    const source = read(readFileSync(file), file)
    if (source !== undefined)
      beside += write(source, file).notWritten.filter(({ where }) => where === 'statement').length
  }
  assert.ok(beside < SUMMARIES.length * 5, `${beside} facts beside their statements`)
})

/** What CDA says without the literal of FHIR, and therefore is not looked for. */
const SAID_OTHERWISE = [
  // The section of an observation, the kind of an allergy, the degree of a reaction are codes of their own.
  /^(?:Observation|Condition)\.category\.coding/,
  /^Condition\.category\.text/,
  /^AllergyIntolerance\.(?:type|category|reaction\.severity)$/,
  /^Composition\.(?:relatesTo\.code|section\.emptyReason\.coding\.(?:code|display))$/,
  /\.deviceName\.type$/,
  // Reasons why a value is missing are null flavours; precision is in the digits of the value.
  /\._\w+\.extension\.value(?:Code|Integer)$/,
  /Period\.extension\.valueCode$/,
  /\.extension\.valueCode$/,
  /^Patient\.contact\.relationship\.coding\.display$/,
  // Rhythms are periods in CDA: twice a day is every 12 hours.
  /\.timing\.repeat\./,
  /\.numberOfRepeatsAllowed$/,
]

test('FHIR documents: valid, and every literal of the bundle is in the document', { skip }, () => {
  let documents = 0
  const missing: string[] = []
  for (const file of FHIR) {
    const source = read(readFileSync(file), file)
    if (source === undefined) continue
    const result = writeCda(source, { terminology })
    if (!result.ok) {
      assert.equal(result.problem.code, 'cda-write-no-patient', file)
      continue
    }
    documents++
    assert.equal(invalid(result.value.xml), '', file)
    const lost = missingOfBundle(source.bundle, result.value.xml).filter(
      ({ path, literal }) =>
        !SAID_OTHERWISE.some((known) => known.test(path)) &&
        !isNumeral(literal, result.value.xml) &&
        // The type of resource beside a reference by identifier.
        !(path.endsWith('.type') && /^[A-Z][A-Za-z]+$/.test(literal)),
    )
    missing.push(...lost.map(({ path, literal }) => `${file}: ${path} ${literal}`))
    const again = read(Buffer.from(result.value.xml), file)
    // A further dose of a medicine names no product (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.9): that is form.
    const unread = again?.account.notCarried.filter(({ what }) => what !== '<manufacturedMaterial nullFlavor="NA">')
    assert.deepEqual(unread, [], file)
  }
  assert.ok(documents > 100)
  assert.deepEqual(missing, [])
})

/** A number with as many digits as the source had: 5.0 for 5. */
function isNumeral(literal: string, xml: string): boolean {
  return /^-?[\d.]+$/.test(literal) && new RegExp(`"${literal.replace('.', '\\.')}\\.?0*"`).test(xml)
}

function hasPatient({ bundle }: ClinicalDocument): boolean {
  return bundle.entry?.some(({ resource }) => resource?.resourceType === 'Patient') === true
}

test('the same document gives the same text', { skip }, () => {
  for (const file of [...SUMMARIES.slice(0, 6), ...FHIR.slice(0, 6)]) {
    const once = read(readFileSync(file), file)
    const twice = read(readFileSync(file), file)
    if (once === undefined || twice === undefined || !hasPatient(once)) continue
    assert.equal(write(once, file).xml, write(twice, file).xml)
  }
})

test('the check from outside finds what a writer loses', { skip }, () => {
  const [file] = corpusFiles('openncp/cda/ps/v7__2-1234-W7.xml')
  assert.ok(file)
  const bytes = readFileSync(file)
  const source = read(bytes, file)
  assert.ok(source)
  const { xml } = write(source, file)
  for (const lost of ['111088007', '260176001', '371924009', '2.999.2.1.1.1', '19900110']) {
    const changed = xml.replaceAll(lost, '9')
    assert.ok(missingInCda(bytes.toString('utf8'), changed, [], terminology.canonicalSystem).length > 0, lost)
  }
})
