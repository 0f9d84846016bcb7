/** Documents as CDA of the pivot (for the IHE wire): national CDA changed in place, the model written, originals wrapped. */
import { writeCda } from '#documents/cda/write/write-cda.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { originalDocument } from '#documents/originals/wrap-original.ts'
import { summaryView } from '#documents/render/view.ts'
import { myHealthEuList } from '#documents/transcode/coded-element-list.ts'
import { transformDocument } from '#documents/transcode/transform.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import { foundPatient } from './listed-document.ts'
import type { CdaForms, CdaOutcome, OriginalToWrap } from './render-document.ts'

/** How reports without an original are printed: the words around them, in the country's own language. */
export interface Printing {
  readonly messages: Messages
  readonly now: () => Date
}

/**
 * @param terminology asked anew for each document, so that a new release is used from the next one on
 * @param printing without it, coded reports that have no original are not offered over IHE
 */
export function cdaForms(terminology: () => TerminologyCatalogue, printing?: Printing): CdaForms {
  return {
    ...(printing ? { renderPdf: (document: ClinicalDocument) => print(document, terminology(), printing) } : {}),
    transcodeCda(bytes) {
      const codedElements = myHealthEuList()
      const made = transformDocument(bytes, { direction: 'transcode', languages: [], codedElements }, terminology())
      if (!made.ok) return { ok: false, code: made.problem.code }
      const { report, bytes: changed } = made.value
      if (report.status !== 'ERROR') return { ok: true, bytes: changed }
      const errors = report.findings.flatMap(({ code, severity }) => (severity === 'error' ? [code] : []))
      // 4510: no list of coded elements for this kind of document, so there is nothing in it to transcode.
      if (errors.every((code) => code === '4510')) return { ok: true, bytes }
      return { ok: false, code: errors.find((code) => code !== '4510') ?? '4500' }
    },
    writeCda: (document) => written(document, terminology()),
    wrapOriginal: (original) => written(documentOf(original), terminology()),
  }
}

async function print(document: ClinicalDocument, terminology: TerminologyCatalogue, { messages, now }: Printing) {
  // Loaded when the first PDF is asked for: the node starts without it.
  const { renderPdf } = await import('#documents/render/pdf.ts')
  const { language } = messages
  return renderPdf(summaryView(document, { language, terminology, messages, now: now() }))
}

function written(document: ClinicalDocument, terminology: TerminologyCatalogue): CdaOutcome {
  const made = writeCda(document, { terminology })
  return made.ok
    ? { ok: true, bytes: new TextEncoder().encode(made.value.xml) }
    : { ok: false, code: made.problem.code }
}

/** What the country says of a PDF or picture, in the one model; nothing of the original itself is read. */
function documentOf({ document, patient, country, homeCommunityId, ...original }: OriginalToWrap): ClinicalDocument {
  const { id, classCode, title, language, effectiveTime, author, authorSpecialty, serviceStart } = document
  return originalDocument(
    {
      id: `urn:oid:${homeCommunityId}|${id}`,
      classCode,
      title,
      language,
      written: effectiveTime,
      authors: [
        { name: author, ...(authorSpecialty === undefined ? {} : { specialty: { display: authorSpecialty } }) },
      ],
      ...(serviceStart === undefined ? {} : { serviceStart }),
      patient: foundPatient(patient),
      custodian: { name: `National contact point for eHealth, ${country}`, country },
      confidentiality: confidentialityOf(document.confidentiality),
    },
    original,
  )
}

const CONFIDENTIALITY = ['U', 'L', 'M', 'N', 'R', 'V'] as const

function confidentialityOf(code: string): (typeof CONFIDENTIALITY)[number] {
  return CONFIDENTIALITY.find((known) => known === code) ?? 'N'
}
