/**
 * Nothing of the model may be invisible: every code, display, value, date, text and narrative of every resource is
 * looked for in the page, by a walk that shares no code with the renderer.
 */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { readDocument } from '../read.ts'
import { renderPage } from './page.ts'
import { quietTerminology } from './test-terminology.ts'
import { summaryView } from './view.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const CORPUS = join(PROJECT, '../shared/corpus')

interface Leaf {
  readonly path: string
  readonly value: string
}

/** All primitive leaves but the type of the resource, which the row's place and label express, and yes or no. */
function* leavesOf(value: unknown, path: string): Generator<Leaf> {
  if (typeof value === 'string' || typeof value === 'number') yield { path, value: String(value) }
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leavesOf(item, `${path}[${index}]`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) if (key !== 'resourceType') yield* leavesOf(item, `${path}.${key}`)
  }
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

function decoded(html: string): string {
  return html.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) =>
    decimal || hex ? String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16)) : (NAMED[name] ?? whole),
  )
}

function collapsed(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Texts between the tags of a narrative, without what no reader sees. */
function narrativeTexts(div: string): string[] {
  const visible = div.replace(/<!--[\s\S]*?-->/g, '').replace(/<(script|style)[\s\S]*?<\/\1\s*>/gi, '')
  return visible
    .split(/<[^>]*>/)
    .map((text) => collapsed(decoded(text)))
    .filter((text) => text !== '')
}

/** Leaves of a document that its page does not show. */
function missingFrom(page: string, bundle: unknown): Leaf[] {
  const shown = collapsed(decoded(page))
  const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]))
  const urls = new Set<string>()
  const seen = new Map<string, boolean>()
  const has = (text: string): boolean => {
    const known = seen.get(text)
    if (known !== undefined) return known
    const found = shown.includes(text)
    seen.set(text, found)
    return found
  }
  const leaves = [...leavesOf(bundle, 'Bundle')]
  for (const { path, value } of leaves) if (path.endsWith('.fullUrl') && has(value)) urls.add(value)
  assert.ok(anchors.size > 0)
  return leaves.filter(({ path, value }) => {
    if (value.trim() === '') return false
    if (path.endsWith('.div')) return narrativeTexts(value).some((text) => !has(text))
    if (path.endsWith('.reference') && [...urls].some((url) => url === value || url.endsWith(`/${value}`))) return false
    return !has(collapsed(value)) && !has(collapsed(value.replace(/\s+/g, '')))
  })
}

const files = existsSync(CORPUS)
  ? [...globSync(join(CORPUS, 'fhir/**/*.json')), ...globSync(join(CORPUS, 'openncp/cda/ps/**/*.xml'))].sort()
  : []

test('every leaf of every document is on its page', { skip: files.length === 0 && 'the corpus is absent' }, () => {
  const messages = openMessages(join(PROJECT, 'data/messages'), 'fr')
  const reader = { language: 'fr', terminology: quietTerminology, messages, now: new Date('2026-11-24') }
  const lost: string[] = []
  let documents = 0
  for (const file of files) {
    const read = readDocument(readFileSync(file), { file, terminology: quietTerminology })
    if (!read.ok) continue
    documents++
    const page = renderPage(summaryView(read.value, reader))
    for (const { path, value } of missingFrom(page, read.value.bundle))
      lost.push(`${file} ${path}: ${value.slice(0, 80)}`)
  }
  assert.ok(documents > 200, `only ${documents} documents were read`)
  assert.deepEqual(lost.slice(0, 20), [], `${lost.length} leaves are missing`)
})
