/** What the editor writes into files comes back the same, and only that. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as libxml2 from 'libxml2-wasm'
import { ok } from '#platform/result/result.ts'
import { attribute, child, children, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { COMMA, csvRecords } from '../import/input/csv.ts'
import { must } from '../releases/testing.ts'
import { exportCsv, readCsv } from './csv.ts'
import { parseWork } from './entries.ts'
import type { DesignationWork, MappingWork, WorkEntry } from './work.ts'
import { MAP_RELATIONSHIPS, WORK_STATUSES } from './work.ts'
import { exportXliff, readXliff } from './xliff.ts'

const nasty = fc.constantFrom(
  '=1+1',
  "'=1",
  "''=1",
  '-2',
  '@x',
  '+3',
  'a"b',
  'a;b',
  'a,b',
  '<b>&amp;',
  ']]>',
  ' x ',
  '＝1',
)
const line = fc.oneof(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), nasty)
const id = fc.uuid()

/** Entries as the editor stores them: content that has been through its parser. */
function stored<T extends DesignationWork | MappingWork>(
  content: fc.Arbitrary<unknown>,
): fc.Arbitrary<WorkEntry & { content: T }> {
  const sound = content.map((one) => parseWork(one)).filter(({ ok }) => ok)
  return fc
    .record({
      id,
      version: fc.integer({ min: 1, max: 999 }),
      status: fc.constantFrom(...WORK_STATUSES),
      content: sound,
    })
    .map(({ content: parsed, ...rest }) => ({
      ...rest,
      content: must(parsed) as T,
      authors: ['Ana'],
      changedAt: '2026-11-24T10:00:00.000Z',
    }))
}

const designation = stored<DesignationWork>(
  fc.record(
    {
      kind: fc.constant('designation'),
      system: fc.constantFrom('http://a', 'urn:oid:1.2'),
      code: line,
      language: fc.constant('pt'),
      term: line,
      source: line,
      original: line,
    },
    { requiredKeys: ['kind', 'system', 'code', 'language', 'term', 'source'] },
  ),
)
const mapping = stored<MappingWork>(
  fc.record(
    {
      kind: fc.constant('mapping'),
      map: line,
      sourceSystem: fc.constant('http://a'),
      sourceCode: line,
      targetSystem: fc.constant('http://b'),
      targetCode: line,
      relationship: fc.constantFrom(...MAP_RELATIONSHIPS),
      targetDisplay: line,
      comment: line,
      validFrom: fc.constantFrom('2026-01-01', '2024-02-29'),
    },
    {
      requiredKeys: ['kind', 'map', 'sourceSystem', 'sourceCode', 'targetSystem', 'targetCode', 'relationship'],
    },
  ),
)

async function joined(parts: AsyncIterable<string>): Promise<string> {
  let whole = ''
  for await (const part of parts) whole += part
  return whole
}

describe('CSV', () => {
  for (const [kind, entry] of [
    ['designation', designation],
    ['mapping', mapping],
  ] as const) {
    it(`brings ${kind}s back as they were, whatever is in them`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array<WorkEntry>(entry, { minLength: 1, maxLength: 5 }),
          fc.constantFrom(',', ';' as const),
          fc.boolean(),
          async (entries, delimiter, byteOrderMark) => {
            const text = await joined(exportCsv(entries, { kind, delimiter: delimiter as ',' | ';', byteOrderMark }))
            const { rows, problems } = await readCsv(Buffer.from(text), 'x.csv')
            assert.deepEqual(problems, [])
            assert.deepEqual(
              rows.map((row) => [row.id, row.version, row.status, must(parseWork(row.content))]),
              entries.map((one) => [one.id, one.version, one.status, one.content]),
            )
          },
        ),
      )
    })
  }

  it('gives no spreadsheet a formula to run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(designation, { minLength: 1 }), async (entries) => {
        const bytes = Buffer.from(await joined(exportCsv(entries, { kind: 'designation' })))
        const stream = () => Readable.from([bytes])
        const file = { name: 'x', size: bytes.length, head: async () => bytes, bytes: async () => ok(bytes), stream }
        for await (const { cells } of csvRecords(file, COMMA, () => assert.fail())) {
          for (const cell of cells) assert.doesNotMatch(cell, /^[=+\-@\t\r＝＋－＠]/)
        }
      }),
    )
  })

  it('says what is wrong with the line', async () => {
    const read = (text: string) => readCsv(Buffer.from(text), 'x.csv')
    const told = async (text: string) => (await read(text)).problems.map(({ code, place }) => [code, place?.line])
    assert.deepEqual(await told('system,code\n'), [['terminology-table-columns', 1]])
    assert.deepEqual(await told('system,code,language,term,source,colour\n'), [['terminology-table-columns', 1]])
    const header = 'system;code;language;term;source;status;version\n'
    assert.deepEqual(await told(`${header}a;b;pt;c;d;done;\n`), [['terminology-work-unfit', 2]])
    assert.deepEqual(await told(`${header}a;b;pt;c;d;;x\n`), [['terminology-work-unfit', 2]])
    assert.deepEqual(await told(`${header}a;b;pt;c;d;;;;;\n`), [['terminology-table-row', 2]])
    assert.deepEqual(await told(`${header}a;b;pt;"c;d;;\n`), [['terminology-table-broken', 2]])
    assert.equal((await read(`${header}a;b;pt;;d;;\n`)).rows[0]?.content, undefined)
    assert.deepEqual(await told(`${header}a;b;pt;\u00e9`.replace('\u00e9', '')), [])
    assert.deepEqual((await readCsv(Buffer.from(`${header}a;b;pt;\xe9;d;;\n`, 'latin1'), 'x.csv')).problems.length, 1)
  })
})

const XSD = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  'shared',
  'corpus',
  'xliff',
  'schemas',
  'xliff_core_2.0.xsd',
)
const OPTIONS = { sourceLanguage: 'en', targetLanguage: 'pt', source: 'SPMS' }

describe('XLIFF 2.1', () => {
  it('brings designations back as they were, with their state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(designation, { minLength: 1, maxLength: 5 }), async (entries) => {
        const text = await exportXliff(entries, [], OPTIONS)
        const rows = must(readXliff(Buffer.from(text), 'x.xlf'))
        const byId = new Map(rows.map((row) => [row.id, row]))
        for (const entry of entries) {
          const row = byId.get(entry.id)
          assert.deepEqual(must(parseWork(row?.content)), entry.content)
          assert.equal(row?.version, entry.version)
          // Drafts and rejected entries come back without a wish.
          const wish = entry.status === 'reviewed' || entry.status === 'in-review' ? entry.status : undefined
          assert.equal(row?.status, wish)
        }
      }),
    )
  })

  it('asks for what has no term, and takes the answer of a translation tool', async () => {
    const original = 'Atrial fibrillation & flutter'
    const text = await exportXliff([], [{ system: 'http://a', code: 'I|48', original }], OPTIONS)
    assert.equal(must(readXliff(Buffer.from(text), 'x.xlf'))[0]?.content, undefined)
    const answered = text
      .replace('state="initial"', 'state="final"')
      .replace('</source>', '</source><target>Fibrilhação <mrk id="m1" type="term">auricular</mrk></target>')
    const [row] = must(readXliff(Buffer.from(answered), 'x.xlf'))
    assert.deepEqual([row?.id, row?.status], [undefined, 'reviewed'])
    assert.deepEqual(must(parseWork(row?.content)), {
      kind: 'designation',
      system: 'http://a',
      code: 'I|48',
      language: 'pt',
      term: 'Fibrilhação auricular',
      source: 'SPMS',
      original,
    })
  })

  it('joins segments that a tool has split, and takes the least of their states', () => {
    const text = `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr">
      <file id="f"><group id="g"><unit id="u" name="http://a|1"><notes><note category="tessera:source">X</note></notes>
        <segment state="final"><source>One.</source><target>Un.</target></segment>
        <ignorable><source> </source><target> </target></ignorable>
        <segment state="translated"><source>Two.</source><target>Deux.</target></segment>
      </unit></group></file></xliff>`
    const [row] = must(readXliff(Buffer.from(text), 'x.xlf'))
    assert.equal(row?.status, 'in-review')
    const content = must(parseWork(row?.content))
    assert.deepEqual(content.kind === 'designation' && [content.term, content.original], ['Un. Deux.', 'One. Two.'])
  })

  it('refuses what is no XLIFF 2, and does not guess at letters that XML cannot write', () => {
    for (const text of [
      '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>',
      '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"/>',
      '<xliff',
      '<!DOCTYPE xliff><xliff/>',
    ]) {
      const refused = readXliff(Buffer.from(text), 'x.xlf')
      assert.ok(!refused.ok)
      assert.equal(refused.problem.place?.file, 'x.xlf')
    }
    const text = `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="fr"><file id="f">
      <unit id="u" name="http://a|1"><segment><source>a</source><target>a<cp hex="0001"/></target></segment></unit></file></xliff>`
    const [row] = must(readXliff(Buffer.from(text), 'x.xlf'))
    assert.ok(!parseWork(row?.content).ok)
  })

  it('has the structure that the standard wants: names, order, and a target for every state but the first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(designation, { minLength: 1, maxLength: 4 }), async (entries) => {
        const more = [{ system: 'http://c', code: '1', original: 'One' }]
        const parsed = must(parseXml(Buffer.from(await exportXliff(entries, more, OPTIONS))))
        const ids = new Set<string>()
        for (const file of children(parsed.root, 'file')) {
          const units = children(file, 'unit')
          assert.ok(units.length > 0)
          for (const element of [file, ...units]) {
            const id = attribute(element, 'id') ?? ''
            assert.match(id, /^[\w.:-]+$/)
            assert.ok(!ids.has(id))
            ids.add(id)
          }
          for (const unit of units) {
            assert.deepEqual(
              elements(unit).map(({ name }) => name),
              ['notes', 'segment'],
            )
            const segment = child(unit, 'segment')
            const state = attribute(segment, 'state')
            const parts = elements(segment).map(({ name }) => name)
            assert.deepEqual(parts, state === 'initial' ? ['source'] : ['source', 'target'])
            assert.match(attribute(segment, 'subState') ?? 'a:b', /^[^\s:]+:[^\s:]+$/)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is valid against the core schema of OASIS', {
    skip: existsSync(XSD) ? false : 'The schema of OASIS is not at ../shared/corpus/xliff/schemas.',
  }, async () => {
    // Without what it imports from the W3C for xml:lang and xml:space.
    const schema = readFileSync(XSD, 'utf8')
      .replace(/<xs:import[^>]*\/>/, '')
      .replaceAll(/<xs:attribute ref="xml:[a-z]+"[^>]*\/>/g, '')
    using parsed = libxml2.XmlDocument.fromString(schema)
    using validator = libxml2.XsdValidator.fromDoc(parsed)
    await fc.assert(
      fc.asyncProperty(fc.array(designation, { minLength: 1, maxLength: 4 }), async (entries) => {
        const more = [{ system: 'http://c', code: '1', original: 'One' }]
        const text = await exportXliff(entries, more, OPTIONS)
        using document = libxml2.XmlDocument.fromString(text.replaceAll(/ xml:lang="[^"]*"/g, ''))
        validator.validate(document)
      }),
      { numRuns: 30 },
    )
  })
})
