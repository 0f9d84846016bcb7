/**
 * Writes the original clinical documents of the demonstration (laboratory, discharge and imaging reports, an image) from
 * the facts in `original-documents.json`: CDA level 1 with a PDF or a PNG inside, as eHDSI's OrCD has it.
 *
 *     node data/demo/original-documents.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseXml } from '#platform/xml/parse.ts'
import { originalPdf } from './original-pdf.ts'
import { levelOne } from './originals.ts'
import { documentRoot, headerFor } from './prescription-cda.ts'
import { sketchPng } from './sketch-png.ts'

interface OriginalDocument {
  readonly country: string
  /** The summary that tells who the patient and the author are. */
  readonly from: string
  readonly file: string
  readonly number: string
  /** ISO date. */
  readonly day: string
  /** LOINC, or `x-clinical-image`. */
  readonly class: string
  readonly display: string
  readonly template: string
  readonly title: string
  readonly image?: boolean
  readonly sections?: readonly {
    readonly title: string
    readonly text?: string
    readonly head?: readonly string[]
    readonly rows?: readonly (readonly string[])[]
  }[]
}

type Section = NonNullable<OriginalDocument['sections']>[number]

const HERE = import.meta.dirname

/** Name and text of each document. */
export async function originalDocuments(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const all = JSON.parse(
    readFileSync(join(HERE, 'original-documents.json'), 'utf8'),
  ) as unknown as readonly OriginalDocument[]
  return Promise.all(
    all.map(async (document) => {
      const folder = join(document.country, 'documents')
      const summary = readFileSync(join(HERE, folder, document.from), 'utf8')
      return { path: join(folder, `${document.file}.L1.xml`), text: await textOf(document, summary) }
    }),
  )
}

async function textOf(document: OriginalDocument, summary: string): Promise<string> {
  const header = headerFor(summary, {
    template: document.template,
    oid: `${documentRoot(summary)}.6`,
    id: `${document.number}.L1`,
    code: `<code code="${document.class}" displayName="${document.display}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"/>`,
    title: document.title,
    day: document.day.replaceAll('-', ''),
  }).replace(' xmlns:pharm="urn:hl7-org:pharm"', '')
  if (document.image) return levelOne(header, 'image/png', Buffer.from(sketchPng(320, 240)).toString('base64'))
  const narrative = new TextEncoder().encode(
    `${header}<component><structuredBody>${(document.sections ?? []).map(sectionOf).join('')}</structuredBody></component></ClinicalDocument>`,
  )
  const parsed = parseXml(narrative)
  if (!parsed.ok) throw new Error(parsed.problem.sentence)
  return levelOne(header, 'application/pdf', Buffer.from(await originalPdf(parsed.value.root)).toString('base64'))
}

function sectionOf({ title, text, head = [], rows = [] }: Section): string {
  const cells = (name: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${name}>${cell}</${name}>`).join('')}</tr>`
  const table = `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`
  const body = text === undefined ? table : `<paragraph>${text}</paragraph>`
  return `<component><section><title>${title}</title><text>${body}</text></section></component>`
}

if (import.meta.main) {
  for (const { path, text } of await originalDocuments()) writeFileSync(join(HERE, path), text)
}
