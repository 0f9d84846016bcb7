/** How documents look in the portal: the components of documents/render, in the reader's words. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { posologyOf } from '#documents/pharmacy/posology.ts'
import { renderSummary, summaryStylesheet } from '#documents/render/summary.ts'
import { summaryView } from '#documents/render/view.ts'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import type { Terminology } from '#terminology/terminology.ts'
import type { DocumentRendering } from './portal-options.ts'

export function documentRendering(options: {
  readonly terminology: Terminology
  readonly now: () => Date
}): DocumentRendering {
  const viewOf = (document: ClinicalDocument, messages: Messages) =>
    summaryView(document, {
      language: messages.language,
      terminology: options.terminology,
      messages,
      now: options.now(),
    })
  return {
    fragment: (document, messages, places) => String(renderSummary(viewOf(document, messages), places)),
    async pdf(document, messages) {
      // Loaded when the first PDF is asked for: the node starts without it.
      const { renderPdf } = await import('#documents/render/pdf.ts')
      return renderPdf(viewOf(document, messages))
    },
    file(document, messages, position) {
      const attachment = viewOf(document, messages).attachments[position]
      if (attachment?.base64 === undefined) return undefined
      const { contentType, fileName, base64 } = attachment
      return { contentType, fileName, bytes: Buffer.from(base64, 'base64') }
    },
    posology: (document, resource, messages) =>
      posologyOf(document, resource, {
        language: messages.language,
        terminology: options.terminology,
        messages,
        now: options.now(),
      }),
    designate({ system, code }, language) {
      if (system === undefined || code === undefined) return undefined
      return options.terminology.designation(system, code, [language])
    },
    stylesheets: [tokensStylesheet(), summaryStylesheet()],
  }
}
