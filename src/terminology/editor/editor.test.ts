import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { codeOf, must } from '../releases/testing.ts'
import { type Editor, openEditor, type WorkFilter } from './editor.ts'
import type { WorkRow } from './importing.ts'
import { editorMigrations } from './migrations.ts'
import type { DesignationWork, WorkContent } from './work.ts'

const ANA = { by: 'Ana Costa' }
const BEA = { by: 'Bea Lund' }
const SYSTEM = 'http://hl7.org/fhir/sid/icd-10'

function word(code: string, term: string, language = 'pt'): DesignationWork {
  return { kind: 'designation', system: SYSTEM, code, language, term, source: 'SPMS' }
}

const row: WorkContent = {
  kind: 'mapping',
  map: 'https://example.pt/map',
  sourceSystem: SYSTEM,
  sourceCode: 'I48',
  targetSystem: 'http://snomed.info/sct',
  targetCode: '49436004',
  relationship: 'equivalent',
  validFrom: '2026-01-01',
}

onEachDatabase('the editor', (open) => {
  const editorOn = async (database: Database, workingSet?: string) => {
    await migrate(database, editorMigrations)
    return openEditor(database, { node: 'PT', ...(workingSet && { workingSet }) })
  }
  const newEditor = async () => editorOn(await open())
  const all = async (editor: Editor, filter?: WorkFilter) => {
    const found = []
    for await (const entry of editor.entries(filter)) found.push(entry)
    return found
  }
  const rowOf = (content: unknown, more: Partial<WorkRow> = {}): WorkRow => ({ line: 7, content, ...more })

  it('takes a word from draft to reviewed, by another person, and remembers before and after', async () => {
    const editor = await newEditor()
    const draft = must(await editor.add(word('I48', ' Fibrilhação   auricular '), ANA))
    assert.deepEqual([draft.version, draft.status, draft.authors], [1, 'draft', ['Ana Costa']])
    assert.equal(draft.content.kind === 'designation' && draft.content.term, 'Fibrilhação auricular')
    const submitted = must(await editor.move(draft, 'in-review', ANA))
    assert.equal(codeOf(await editor.move(submitted, 'reviewed', { by: 'ANA  Costa' })), 'terminology-work-same-person')
    const reviewed = must(await editor.move(submitted, 'reviewed', { ...BEA, note: 'As in the catalogue.' }))
    assert.deepEqual([reviewed.version, reviewed.status, reviewed.reviewer], [3, 'reviewed', 'Bea Lund'])
    const changed = must(await editor.change(reviewed, word('I48', 'Fibrilhação atrial'), BEA))
    assert.deepEqual([changed.status, changed.authors, changed.reviewer], ['draft', ['Bea Lund'], undefined])
    const events = await editor.history(draft.id)
    assert.deepEqual(
      events.map(({ by, action, before, after }) => [by, action, before?.status, after?.status, after?.version]),
      [
        ['Ana Costa', 'add', undefined, 'draft', 1],
        ['Ana Costa', 'submit', 'draft', 'in-review', 2],
        ['Bea Lund', 'review', 'in-review', 'reviewed', 3],
        ['Bea Lund', 'change', 'reviewed', 'draft', 4],
      ],
    )
    const last = events.at(-1)
    assert.deepEqual([last?.before?.content, last?.after?.content], [reviewed.content, changed.content])
  })

  it('counts everybody who wrote since the last review as an author', async () => {
    const editor = await newEditor()
    const draft = must(await editor.add(word('I48', 'Um'), ANA))
    const second = must(await editor.change(draft, word('I48', 'Dois'), BEA))
    const waiting = must(await editor.move(second, 'in-review', BEA))
    for (const step of [ANA, BEA]) {
      assert.equal(codeOf(await editor.move(waiting, 'reviewed', step)), 'terminology-work-same-person')
    }
    must(await editor.move(waiting, 'reviewed', { by: 'Eva' }))
  })

  it('refuses a change of a version that is no longer the last, from however many at once', async () => {
    const editor = await newEditor()
    const draft = must(await editor.add(word('I48', 'Um'), ANA))
    const results = await Promise.all(
      ['Dois', 'Três', 'Quatro', 'Cinco'].map((term) => editor.change(draft, word('I48', term), BEA)),
    )
    assert.deepEqual(results.map(codeOf).sort(), ['ok', ...Array(3).fill('terminology-work-conflict')])
    assert.equal(codeOf(await editor.remove(draft, ANA)), 'terminology-work-conflict')
    const [now] = await all(editor)
    assert.equal(now?.version, 2)
    if (now) must(await editor.remove(now, ANA))
    assert.equal(codeOf(await editor.move(draft, 'in-review', ANA)), 'terminology-work-unknown')
    assert.equal((await editor.history()).at(-1)?.action, 'remove')
  })

  it('has each word once, and refuses what is unfit with the field', async () => {
    const editor = await newEditor()
    must(await editor.add(word('I48', 'Um'), ANA))
    must(await editor.add(word('I48', 'Outro'), ANA))
    assert.equal(codeOf(await editor.add(word('I48', 'Um '), BEA)), 'terminology-work-twice')
    const unfit: readonly (readonly [unknown, RegExp])[] = [
      [word('I48', ' '), /^term:/],
      [word('I48', 'a\u0000b'), /^term:/],
      [word('I48', '\ud800'), /^term:/],
      [word('I48', 'Um', 'portuguese language'), /^language:/],
      [{ ...row, relationship: 'same' }, /^relationship:/],
      [{ ...row, validFrom: '2026-02-30' }, /^validFrom:/],
      [{ ...row, validTo: '2025-12-31' }, /^validTo:/],
      [{ ...row, targetSystem: 'a|b' }, /^targetSystem:/],
      [{ kind: 'poem' }, /./],
    ]
    for (const [content, sentence] of unfit) {
      const refused = await editor.add(content, ANA)
      assert.ok(!refused.ok)
      assert.equal(refused.problem.code, 'terminology-work-unfit')
      assert.match(refused.problem.sentence, sentence)
    }
  })

  it('refuses steps that do not follow, without a person, or to reject without a reason', async () => {
    const editor = await newEditor()
    const draft = must(await editor.add(row, ANA))
    assert.equal(codeOf(await editor.move(draft, 'reviewed', BEA)), 'terminology-work-state')
    assert.equal(codeOf(await editor.move(draft, 'in-review', { by: ' ' })), 'terminology-work-person')
    const waiting = must(await editor.move(draft, 'in-review', ANA))
    assert.equal(codeOf(await editor.move(waiting, 'rejected', BEA)), 'terminology-work-note')
    assert.equal(must(await editor.move(waiting, 'rejected', { ...BEA, note: 'Wider.' })).status, 'rejected')
  })

  it('lists in pages, by filter, and counts', async () => {
    const editor = await newEditor()
    const many = Array.from({ length: 1203 }, (_, index) =>
      rowOf(word(`C${index}`, 'x', index % 3 === 0 ? 'fr' : 'pt')),
    )
    must(await editor.importRows(many, ANA))
    must(await editor.add(row, ANA))
    const listed = await all(editor, { kind: 'designation' })
    assert.equal(new Set(listed.map(({ id }) => id)).size, 1203)
    assert.equal((await all(editor, { language: 'fr' })).length, 401)
    assert.equal((await all(editor, { map: 'https://example.pt/map', status: 'draft' })).length, 1)
    assert.deepEqual(await editor.counts(), [
      { kind: 'designation', of: 'fr', status: 'draft', count: 401 },
      { kind: 'designation', of: 'pt', status: 'draft', count: 802 },
      { kind: 'mapping', of: 'https://example.pt/map', status: 'draft', count: 1 },
    ])
  })

  it('imports rows forward only: adds, changes, moves; a bad row stops no other', async () => {
    const editor = await newEditor()
    const known = must(await editor.add(word('I48', 'Um'), ANA))
    const imported = must(
      await editor.importRows(
        [
          rowOf(word('I48', 'Dois'), { id: known.id, version: 1, status: 'reviewed' }),
          rowOf(word('I49', 'Três'), { status: 'in-review' }),
          rowOf({ ...word('I50', ''), term: '' }, { file: 'x.csv' }),
          rowOf(undefined),
        ],
        BEA,
      ),
    )
    const { problems, ...counts } = imported
    // Who imports another term has written it, and so does not review it.
    assert.deepEqual(counts, {
      rows: 4,
      added: 1,
      changed: 1,
      unchanged: 0,
      empty: 1,
      awaiting: 1,
      moved: { 'in-review': 2 },
    })
    assert.deepEqual(
      problems.map(({ place }) => place),
      [{ file: 'x.csv', line: 7 }],
    )
    const stale = must(
      await editor.importRows([rowOf(word('I48', 'Um'), { id: known.id, version: 1, status: 'draft' })], ANA),
    )
    assert.deepEqual(
      stale.problems.map(({ code }) => code),
      ['terminology-work-conflict'],
    )
    const current = await editor.get(known.id)
    assert.deepEqual([current?.status, current?.version], ['in-review', 3])
    // Somebody who sends back what he saw reviews it; nobody reviews what he has not seen.
    const unseen = { id: known.id, version: 1, status: 'reviewed' } as const
    const refused = must(await editor.importRows([rowOf(current?.content, unseen)], { by: 'Eva' }))
    assert.equal(refused.problems[0]?.code, 'terminology-work-conflict')
    const reviewed = must(await editor.importRows([rowOf(current?.content, { ...unseen, version: 3 })], { by: 'Eva' }))
    assert.deepEqual(reviewed.moved, { reviewed: 1 })
    assert.equal((await editor.get(known.id))?.reviewer, 'Eva')
    const again = must(await editor.importRows([rowOf(current?.content, { status: 'draft' })], ANA))
    assert.deepEqual([again.unchanged, again.moved], [1, {}])
  })

  it('keeps working sets and nodes apart', async () => {
    const database = await open()
    const main = await editorOn(database)
    const other = await editorOn(database, 'vaccines')
    must(await main.add(word('I48', 'Um'), ANA))
    assert.deepEqual(await all(other), [])
    must(await other.add(word('I48', 'Um'), ANA))
    const france = await openEditor(database, { node: 'FR' })
    assert.deepEqual(await all(france), [])
  })

  it('keeps its history: the database refuses to change or remove an event', async () => {
    const database = await open()
    const editor = await editorOn(database)
    must(await editor.add(word('I48', 'Um'), ANA))
    for (const attempt of [
      sql`update terminology_work_event set person = 'Nobody'`,
      sql`delete from terminology_work_event`,
    ]) {
      await assert.rejects(attempt.execute(database.kysely), /append-only/)
    }
  })
})
