/** The browser over an edition of SNOMED CT: expressions, relationship groups, history; with the RF2 sample of the corpus. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Evaluation, TerminologyBrowser } from '#portal/terminology/browser.ts'
import { createSnomedFamily } from '../code-systems/snomed.ts'
import { openEcl } from '../ecl/index.ts'
import { createLibrary } from '../library/library.ts'
import { createTerminologyServer } from '../operations/create.ts'
import { buildEdition } from '../snomed/build/build.ts'
import { openEdition } from '../snomed/edition.ts'
import { openBrowser } from './browser.ts'
import { SNOMED } from './sources.ts'

const release = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  'shared',
  'corpus',
  'terminology',
  'tx-source',
  'snomed',
)
const skip = existsSync(release) ? false : `The RF2 sample is not there (${release}).`
const CLINICAL_FINDING = '404684003'
const reading = { languages: ['fr'], offset: 0, count: 10 }

describe('an edition of SNOMED CT', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-browse-'))
  let browser: TerminologyBrowser
  let uri: string

  before(async () => {
    const file = join(folder, 'edition.snomed')
    const built = await buildEdition([release], file, {})
    assert.ok(built.ok)
    const opened = await openEdition(file)
    assert.ok(opened.ok)
    const edition = opened.value
    uri = edition.uri
    const editions = [{ edition, ecl: openEcl(edition) }]
    const library = createLibrary({ stores: [], families: [createSnomedFamily(editions)] })
    const server = createTerminologyServer(library)
    browser = openBrowser(() => ({ library, server, editions }))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const ask = async (expression: string): Promise<Evaluation> => {
    const answer = await browser.evaluate({ edition: uri, expression, ...reading })
    assert.ok(answer.ok)
    return answer.value
  }

  test('an expression is answered page by page and said in words', async () => {
    const answer = await ask(`<< ${CLINICAL_FINDING} : [1..*] { 363698007 = * }`)
    assert.ok(answer.kind === 'result')
    assert.equal(answer.slice.items.length, 10)
    assert.ok((answer.slice.total ?? 0) > 10)
    const { explanation } = answer
    assert.ok(explanation?.kind === 'refined' && explanation.of.kind === 'operator')
    assert.equal(explanation.of.operator, 'descendants-or-self')
    const [group] = explanation.conditions
    assert.ok(group?.kind === 'group' && group.cardinality === '1..*')
    assert.equal(group.conditions[0]?.kind, 'attribute')
  })

  test('a mistake has its place and what was expected; an unknown concept and a used-up budget are told apart', async () => {
    const mistake = await ask('< 404684003 :')
    assert.ok(mistake.kind === 'mistake')
    assert.equal(mistake.line, 1)
    assert.ok(mistake.column >= 13 && mistake.expected.length > 0)
    assert.equal((await ask('< 999999999999999')).kind === 'result', false)
    assert.equal((await ask(`${'('.repeat(5000)}*${')'.repeat(5000)}`)).kind, 'too-costly')
    const elsewhere = await browser.evaluate({ edition: 'urn:nowhere', expression: '*', ...reading })
    assert.ok(!elsewhere.ok && elsewhere.problem.code === 'unknown-system')
  })

  test('a concept has its groups, its place and its children; what is not in French says so', async () => {
    const answer = await ask(`< ${CLINICAL_FINDING} : { 363698007 = * , 116676008 = * }`)
    assert.ok(answer.kind === 'result')
    const [first] = answer.slice.items
    assert.ok(first)
    const found = await browser.concept({ system: SNOMED, code: first.code, languages: ['fr'] })
    assert.ok(found.ok)
    const { groups, paths, term, versions, system } = found.value
    assert.ok(groups.some(({ number, rows }) => number > 0 && rows.length >= 2))
    assert.equal(paths[0]?.[0]?.code, '138875005')
    assert.equal(term?.language, 'en')
    assert.deepEqual(versions, [uri])
    assert.equal(system.expressions, true)
    const children = await browser.children({ system: SNOMED, code: CLINICAL_FINDING, ...reading })
    assert.ok(children.ok && children.value.items.length > 0)
  })

  test('search finds terms and codes, and lists the edition', async () => {
    const found = await browser.search({ text: CLINICAL_FINDING, systems: [], inactive: false, ...reading })
    assert.ok(found.ok)
    assert.equal(found.value.items[0]?.code, CLINICAL_FINDING)
    const words = await browser.search({ text: 'clin find', systems: [SNOMED], inactive: false, ...reading })
    assert.ok(words.ok)
    assert.ok(words.value.items.some(({ code }) => code === CLINICAL_FINDING))
    assert.equal((await browser.editions({ languages: ['en'] }))[0]?.uri, uri)
  })
})
