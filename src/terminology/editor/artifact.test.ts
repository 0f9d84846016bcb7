import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openTerminology } from '../open.ts'
import { codeOf, must } from '../releases/testing.ts'
import { workToArtifact } from './artifact.ts'
import type { WorkContent, WorkEntry, WorkStatus } from './work.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-work-'))
after(() => rmSync(home, { recursive: true, force: true }))
const sources = { terms: join(import.meta.dirname, '..', '..', '..', 'data', 'terms'), packages: [], icu: false }

const SYSTEM = 'https://example.eu/animals'
const options = { home, title: 'Working set', by: 'Ana', version: '2026-11-24' }

function entry(content: WorkContent, status: WorkStatus): WorkEntry {
  const id = `${JSON.stringify(content)}`
  return { id, version: 1, status, content, authors: ['Ana'], changedAt: '2026-11-24T10:00:00.000Z' }
}

function word(code: string, term: string, status: WorkStatus, source = 'SPMS'): WorkEntry {
  return entry({ kind: 'designation', system: SYSTEM, code, language: 'pt', term, source }, status)
}

function row(code: string, targetCode: string, status: WorkStatus, more: object = {}): WorkEntry {
  const systems = { sourceSystem: SYSTEM, targetSystem: 'https://example.eu/plants' }
  const rest = { map: 'https://example.eu/eats', sourceCode: code, targetCode, relationship: 'equivalent' } as const
  return entry({ kind: 'mapping', ...systems, ...rest, ...more }, status)
}

const entries = [
  word('cat', 'gato', 'reviewed'),
  word('dog', 'cão', 'draft'),
  word('cow', 'vaca', 'in-review', 'DGS'),
  word('emu', 'avestruz', 'rejected'),
  row('cat', 'mint', 'reviewed', {
    comment: 'Loves it.',
    quality: '100',
    validFrom: '2026-01-01',
    validTo: '2099-12-31',
  }),
  row('cow', 'grass', 'draft'),
  row('dog', 'bone', 'rejected'),
]

async function answers(unreviewed: boolean) {
  const artifact = must(await workToArtifact(entries, { ...options, unreviewed }))
  const terminology = await openTerminology({ cache: join(home, 'cache'), home, artifacts: [artifact.id], sources })
  const words = ['cat', 'dog', 'cow', 'emu'].map((code) => {
    const found = terminology.designation(SYSTEM, code, ['pt'])
    return found && `${found.term} ${found.status} ${found.source}`
  })
  return { artifact, terminology, words }
}

test('only what is reviewed is staged, with everything that was said of it', async () => {
  const { artifact, terminology, words } = await answers(false)
  assert.deepEqual(words, ['gato reviewed SPMS', undefined, undefined, undefined])
  assert.equal(artifact.reviewed, true)
  assert.deepEqual(terminology.mapped(SYSTEM, 'cat'), [
    {
      target: { system: 'https://example.eu/plants', code: 'mint' },
      relationship: 'equivalent',
      map: 'https://example.eu/eats',
      comment: 'Loves it.',
      mapVersion: '2026-11-24',
      quality: '100',
      validFrom: '2026-01-01',
      validTo: '2099-12-31',
    },
  ])
  assert.deepEqual(terminology.mapped(SYSTEM, 'cow'), [])
})

test('what is not reviewed comes along when asked for, marked so; what was rejected never', async () => {
  const { artifact, terminology, words } = await answers(true)
  assert.deepEqual(words, ['gato reviewed SPMS', 'cão unreviewed SPMS', 'vaca unreviewed DGS', undefined])
  assert.equal(artifact.reviewed, false)
  assert.equal(terminology.mapped(SYSTEM, 'cow')[0]?.advice, 'Not reviewed.')
  assert.deepEqual(terminology.mapped(SYSTEM, 'dog'), [])
})

test('the same work is the same artifact; nothing reviewed is said', async () => {
  const first = must(await workToArtifact(entries, options))
  assert.equal(must(await workToArtifact(entries, options)).id, first.id)
  assert.equal(codeOf(await workToArtifact([word('dog', 'cão', 'draft')], options)), 'terminology-work-empty')
})
