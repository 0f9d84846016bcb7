/** A document as the portal's page shows it. */
import { join } from 'node:path'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { renderPage } from '#documents/render/page.ts'
import { quietTerminology } from '#documents/render/test-terminology.ts'
import { summaryView } from '#documents/render/view.ts'
import { openMessages } from '#platform/i18n/messages.ts'

const MESSAGES = openMessages(join(import.meta.dirname, '..', '..', '..', 'data', 'messages'), 'fr')

export function renderSummary(document: ClinicalDocument): string {
  const view = summaryView(document, {
    language: 'fr',
    terminology: quietTerminology,
    messages: MESSAGES,
    now: new Date('2026-11-27T10:00:00Z'),
  })
  return renderPage(view)
}
