/** Whatever a vendor writes where FHIR expects something else: the page is still made, and the reader still safe. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openMessages } from '#platform/i18n/messages.ts'
import { readDocument } from '../read.ts'
import { renderPage } from './page.ts'
import { portugueseSummary } from './test-documents.ts'
import { quietTerminology } from './test-terminology.ts'
import { renderText } from './text.ts'
import { summaryView } from './view.ts'

const MESSAGES = openMessages(join(import.meta.dirname, '../../../data/messages'), 'fr')

/** Replaces the n-th value of a tree, counted depth first, by something else. */
function replaceAt(root: unknown, position: number, by: unknown): unknown {
  let count = 0
  const visit = (value: unknown, key: string): unknown => {
    if (count++ === position && key !== 'resourceType') return by
    if (Array.isArray(value)) return value.map((item) => visit(item, ''))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]))
  }
  return visit(root, '')
}

const STRANGE = fc.oneof(
  fc.constantFrom(
    null,
    '',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    0,
    -1e300,
    true,
    [],
    {},
    [[{}]],
    [null],
  ),
  fc.record({ reference: fc.constantFrom('#', '#x', 'Patient/p', 'javascript:alert(1)', '') }),
  fc.record({ coding: fc.constantFrom([], {}, 'x', [[{ code: 'y' }]], [null]), text: fc.constantFrom('a', 1, null) }),
  fc.record({ value: fc.constantFrom('1', 1, null, {}), unit: fc.constantFrom('mg', 5, null) }),
)

test('a document with one strange value anywhere is still shown, and runs nothing', () => {
  const source: unknown = JSON.parse(Buffer.from(portugueseSummary()).toString())
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 420 }), STRANGE, (position, by) => {
      const bytes = Buffer.from(JSON.stringify(replaceAt(source, position, by)))
      const read = readDocument(bytes, { terminology: quietTerminology })
      if (!read.ok) return
      const view = summaryView(read.value, {
        language: 'fr',
        terminology: quietTerminology,
        messages: MESSAGES,
        now: new Date(),
      })
      const page = renderPage(view)
      assert.doesNotMatch(page, /<script|<img src=x|href="javascript/)
      assert.ok(renderText(view).length > 0)
    }),
    { numRuns: 400 },
  )
})
