/** For tests: a browser of a small nomenclature written for them, whose every answer can be read off this file. */
import { join } from 'node:path'
import { Hono } from 'hono'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import { failed, ok } from '#platform/result/result.ts'
import type {
  ConceptView,
  DesignationEntry,
  Evaluation,
  Hit,
  Reference,
  Slice,
  SystemEntry,
  Term,
  TerminologyBrowser,
  ValueSetView,
} from './browser.ts'
import { baseOf } from './reader.ts'
import { type TerminologyPageOptions, terminologyPages } from './terminology-pages.ts'

export const ORIGIN = 'http://127.0.0.1:4000'
export const BODY = 'http://example.org/body'
export const LIST = 'http://example.org/list'
export const VALUE_SET = 'http://example.org/value-set/symptoms'
export const MAP = 'http://example.org/map/body-to-list'

interface Entry {
  readonly code: string
  readonly en: string
  readonly fr?: string
  readonly parent?: string
  readonly inactive?: true
}

const ENTRIES: readonly Entry[] = [
  { code: '1', en: 'Finding', fr: 'Constatation' },
  { code: '11', en: 'Shortness of breath', fr: 'Dyspnée', parent: '1' },
  { code: '12', en: 'Cough', fr: 'Toux', parent: '1' },
  { code: '121', en: 'Dry cough', fr: 'Toux sèche', parent: '12' },
  { code: '122', en: 'Cough with <b>sputum</b> & "blood"', parent: '12' },
  { code: '13', en: 'Wheeze', parent: '1' },
  { code: '14', en: 'Consumption', parent: '1', inactive: true },
  ...Array.from({ length: 60 }, (_, index) => ({
    code: `2${String(index).padStart(2, '0')}`,
    en: `Pain of degree ${index}`,
    ...(index % 2 === 0 ? { fr: `Douleur de degré ${index}` } : {}),
    parent: '1',
  })),
]

const SYSTEMS: readonly SystemEntry[] = [
  {
    url: BODY,
    version: '2026',
    name: { text: 'Findings of the test', language: 'en' },
    concepts: ENTRIES.length,
    languages: ['en', 'fr', 'pt'],
    publisher: 'The test',
    complete: true,
    expressions: true,
  },
  { url: LIST, name: { text: 'A list', language: 'en' }, languages: ['en'], complete: false, expressions: false },
]

const known = new Map(ENTRIES.map((entry) => [entry.code, entry]))
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

function termOf({ en, fr }: Entry, languages: readonly string[]): Term {
  const wishes = languages.map(baseOf)
  return fr !== undefined && wishes.includes('fr') ? { text: fr, language: 'fr' } : { text: en, language: 'en' }
}

function referenceOf(entry: Entry, languages: readonly string[]): Reference {
  return { system: BODY, code: entry.code, term: termOf(entry, languages), active: !entry.inactive }
}

function hitOf(entry: Entry, languages: readonly string[]): Hit {
  return { ...referenceOf(entry, languages), systemName: { text: 'Findings of the test', language: 'en' } }
}

function slice<T>(
  items: readonly T[],
  { offset, count }: { readonly offset: number; readonly count: number },
): Slice<T> {
  return { items: items.slice(offset, offset + count), total: items.length, more: items.length > offset + count }
}

function conceptOf(entry: Entry, languages: readonly string[]): ConceptView {
  const parent = known.get(entry.parent ?? '')
  const grandparent = known.get(parent?.parent ?? '')
  const path = [grandparent, parent].flatMap((one) => (one ? [referenceOf(one, languages)] : []))
  const designations: readonly DesignationEntry[] = [
    { language: 'en', text: entry.en, preferred: true, source: 'The test', status: 'reviewed', active: true },
    ...(entry.fr
      ? [{ language: 'fr', text: entry.fr, preferred: true, status: 'unreviewed' as const, active: true }]
      : []),
    { language: 'pt', text: `Achado ${entry.code}`, preferred: false, active: false },
    { text: `Nobody says in which language ${entry.code} is`, preferred: false, active: true },
  ]
  const wheeze = known.get('13')
  const cough = known.get('12')
  return {
    system: {
      ...SYSTEMS[0],
      url: BODY,
      name: { text: 'Findings of the test', language: 'en' },
      languages: [],
      complete: true,
      expressions: true,
    },
    code: entry.code,
    term: termOf(entry, languages),
    active: !entry.inactive,
    selectable: entry.code !== '1',
    ...(entry.inactive && cough
      ? {
          inactivation: {
            reason: { text: 'Ambiguous', language: 'en' },
            replacements: [
              { association: { text: 'Replaced by', language: 'en' }, target: referenceOf(cough, languages) },
            ],
          },
        }
      : {}),
    definitions: [{ text: 'What somebody notices.', language: 'en' }],
    designations,
    paths: path.length > 0 ? [path] : [],
    furtherPaths: 0,
    childCount: ENTRIES.filter(({ parent: one }) => one === entry.code).length,
    groups: wheeze
      ? [
          { number: 1, rows: [{ type: referenceOf(wheeze, languages), value: referenceOf(wheeze, languages) }] },
          { number: 2, rows: [{ type: referenceOf(wheeze, languages), value: { text: '12.5' } }] },
        ]
      : [],
    properties: [{ name: { text: 'Scale', language: 'en' }, value: { text: 'ordinal' } }],
    mapsFrom: [
      {
        map: { url: MAP, name: { text: 'Findings to list', language: 'en' } },
        other: {
          system: LIST,
          code: 'L1',
          systemName: 'A list',
          active: true,
          loaded: false,
          term: { text: 'Breath', language: 'en' },
        },
        relationship: 'source-is-narrower-than-target',
        comment: { text: 'Without the cause.', language: 'en' },
      },
    ],
    mapsTo: [],
    versions: ['2026', '2025'],
  }
}

function valueSetView(): ValueSetView {
  return {
    url: VALUE_SET,
    version: '1',
    name: { text: 'Symptoms', language: 'en' },
    concepts: ENTRIES.length,
    systems: ['Findings of the test'],
    include: [
      {
        system: { url: BODY, name: { text: 'Findings of the test', language: 'en' } },
        filters: [
          { property: 'concept', operator: 'is-a', value: '1' },
          { property: 'constraint', operator: '=', value: '<< 1' },
        ],
        valueSets: [],
      },
    ],
    exclude: [{ system: { url: BODY, name: { text: 'Findings of the test' } }, codes: 1, filters: [], valueSets: [] }],
    coverage: [
      { language: 'en', named: ENTRIES.length, usable: ENTRIES.length },
      { language: 'fr', named: ENTRIES.filter(({ fr }) => fr).length, usable: 30 },
    ],
  }
}

function evaluate(
  expression: string,
  languages: readonly string[],
  window: { readonly offset: number; readonly count: number },
): Evaluation {
  const match = /^(<<?)\s*(\d+)$/.exec(expression)
  if (expression.includes('HUGE')) return { kind: 'too-costly', sentence: 'More than a million steps.' }
  if (!match) {
    return {
      kind: 'mistake',
      line: 1,
      column: expression.length + 1,
      sentence: 'The expression ends too early.',
      expected: ['a concept identifier'],
    }
  }
  const [, operator, code = ''] = match
  const focus = known.get(code)
  if (!focus) return { kind: 'unanswerable', sentence: `${code} is not in this edition.` }
  const found = ENTRIES.filter((entry) => entry.parent === code || (operator === '<<' && entry.code === code))
  return {
    kind: 'result',
    slice: slice(
      found.map((entry) => referenceOf(entry, languages)),
      window,
    ),
    explanation: {
      kind: 'refined',
      of: {
        kind: 'operator',
        operator: operator === '<<' ? 'descendants-or-self' : 'descendants',
        of: { kind: 'concept', concept: referenceOf(focus, languages) },
      },
      conditions: [
        {
          kind: 'attribute',
          name: { kind: 'any' },
          comparison: '=',
          reverse: false,
          cardinality: '1..3',
          value: { kind: 'some', parts: [{ kind: 'value', text: '5' }, { kind: 'any' }] },
        },
      ],
    },
  }
}

export function testBrowser(): TerminologyBrowser {
  const unknownSystem = () => failed('unknown-system', 'No such code system.', 'Look at the list.')
  const unknownSet = () => failed('unknown-value-set', 'No such value set.', 'Look at the list.')
  return {
    languages: async () => ['en', 'fr', 'pt', 'sv'],
    systems: async () => SYSTEMS,
    async search({ text, systems, inactive, languages, ...window }) {
      if (systems.some((one) => !SYSTEMS.some(({ url }) => url === one))) return unknownSystem()
      const words = fold(text).split(/\s+/)
      const found = ENTRIES.filter(
        (entry) =>
          (inactive || !entry.inactive) &&
          words.every((word) =>
            fold(`${entry.code} ${entry.en} ${entry.fr ?? ''}`)
              .split(/\s+/)
              .some((one) => one.startsWith(word)),
          ),
      )
      return ok(
        slice(
          found.map((entry) => ({
            ...hitOf(entry, languages),
            ...(text === 'breath' ? { found: { text: 'Shortness of breath', language: 'en' } } : {}),
          })),
          window,
        ),
      )
    },
    async concept({ system, code, version, languages }) {
      if (system !== BODY) return unknownSystem()
      if (version !== undefined && version !== '2026' && version !== '2025') {
        return failed('unknown-version', 'No such version.', 'Ask without one.')
      }
      const entry = known.get(code)
      return entry ? ok(conceptOf(entry, languages)) : failed('unknown-code', 'No such code.', 'Search.')
    },
    async children({ code, languages, ...window }) {
      const children = ENTRIES.filter(({ parent }) => parent === code)
      return ok(
        slice(
          children.map((entry) => ({
            ...referenceOf(entry, languages),
            children: ENTRIES.filter(({ parent }) => parent === entry.code).length,
          })),
          window,
        ),
      )
    },
    memberships: async ({ code }) => ok(code === '14' ? [] : [valueSetView()]),
    valueSets: async (request) => slice([valueSetView()], request),
    valueSet: async ({ url }) => (url === VALUE_SET ? ok(valueSetView()) : unknownSet()),
    async expand({ url, text, languages, ...window }) {
      if (url !== VALUE_SET) return unknownSet()
      if (text === 'refuse') return failed('not-expandable', 'A list is not loaded.', 'Load it.')
      const found = ENTRIES.filter((entry) => fold(`${entry.en} ${entry.fr ?? ''}`).includes(fold(text)))
      return ok(
        slice(
          found.map((entry) => hitOf(entry, languages)),
          window,
        ),
      )
    },
    maps: async () => [
      { url: MAP, name: { text: 'Findings to list', language: 'en' }, from: BODY, to: LIST, mappings: 2 },
    ],
    async map({ url, languages, ...window }) {
      if (url !== MAP) return failed('unknown-map', 'No such map.', 'Look at the list.')
      const source = {
        ...hitOf(ENTRIES[1] ?? { code: '', en: '' }, languages),
        systemName: 'Findings of the test',
        loaded: true,
      }
      const target = { system: LIST, code: 'L1', systemName: 'A list', active: true, loaded: false }
      return ok({
        map: { url: MAP, name: { text: 'Findings to list', language: 'en' }, from: BODY, to: LIST, mappings: 2 },
        rows: slice([{ source, target, relationship: 'equivalent' as const }, { source }], window),
      })
    },
    editions: async () => [
      {
        uri: 'http://example.org/edition/1',
        name: { text: 'Edition of the test', language: 'en' },
        concepts: ENTRIES.length,
      },
      { uri: 'http://example.org/edition/2', name: { text: 'Another edition', language: 'en' }, concepts: 2 },
    ],
    async evaluate({ edition, expression, languages, ...window }) {
      if (!edition.startsWith('http://example.org/edition/')) return unknownSystem()
      return ok(evaluate(expression, languages, window))
    },
    coverage: async () => ({
      languages: ['en', 'fr'],
      rows: [
        {
          valueSet: valueSetView(),
          concepts: ENTRIES.length,
          byLanguage: {
            en: { named: ENTRIES.length, usable: ENTRIES.length },
            fr: { named: ENTRIES.filter(({ fr }) => fr).length, usable: 30 },
          },
        },
      ],
    }),
    releases: async () => [
      {
        number: 2,
        publishedAt: '2026-11-03T10:00:00Z',
        publishedBy: 'Ana',
        state: 'served',
        notes: { text: 'New words.', language: 'en' },
        content: ['Findings of the test'],
        changes: [{ subject: BODY, kind: 'code-system', added: 3, inactivated: 1, designations: 12 }],
      },
      { number: 1, publishedAt: '2026-05-01T10:00:00Z', state: 'earlier', content: [] },
    ],
  }
}

const opened = new Map<string, Messages>()

export function testMessages(language: string): Messages {
  const directory = join(import.meta.dirname, '..', '..', '..', 'data', 'messages')
  const found = opened.get(language) ?? openMessages(directory, language)
  opened.set(language, found)
  return found
}

/** The pages as a node mounts them. */
export function testPages(change: Partial<TerminologyPageOptions> = {}): Hono {
  const app = new Hono()
  app.route(
    '/terminology',
    terminologyPages({
      browser: testBrowser(),
      messages: testMessages,
      languages: ['fr', 'en'],
      fhir: { r4: '/fhir/r4', r5: '/fhir/r5' },
      ...change,
    }),
  )
  return app
}
