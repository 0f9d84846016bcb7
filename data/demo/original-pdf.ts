/**
 * The PDF that a country keeps beside a structured summary: its narrative, in its own language, as its author signed it.
 * Deterministic: the same document gives the same bytes.
 */
import { once } from 'node:events'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { attribute, child, children, descend, elements, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

const require = createRequire(import.meta.url)
const REGULAR = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')
const BOLD = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')
const INK = '#1a1a1a'
const QUIET = '#555555'
const LINE = '#bbbbbb'
const MARGIN = 56

/** Words of the frame; the rest of the PDF is the document's own text. */
const FRAME: Readonly<Record<string, { born: string; number: string; signed: string; page: string; fictional: string }>> = {
  pt: {
    born: 'Data de nascimento',
    number: 'N.º de utente',
    signed: 'Assinado por',
    page: 'Página',
    fictional: 'Pessoa e dados fictícios, para demonstração.',
  },
  el: {
    born: 'Ημερομηνία γέννησης',
    number: 'ΑΜΚΑ',
    signed: 'Υπογραφή',
    page: 'Σελίδα',
    fictional: 'Φανταστικό πρόσωπο και δεδομένα, για επίδειξη.',
  },
  fr: {
    born: 'Date de naissance',
    number: 'Matricule INS',
    signed: 'Signé par',
    page: 'Page',
    fictional: 'Personne et données fictives, pour démonstration.',
  },
}

type Frame = (typeof FRAME)[string]

/** The PDF of a CDA document, from its root element. */
export async function originalPdf(root: XmlElement): Promise<Uint8Array> {
  const language = attribute(child(root, 'languageCode'), 'code') ?? 'pt'
  const frame = FRAME[language.slice(0, 2)]
  if (!frame) throw new Error(`No words for the frame in ${language}.`)
  const title = words(child(root, 'title'))
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: language,
    bufferPages: true,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    info: { Title: title, CreationDate: signedAt(root), Producer: 'Tessera', Creator: 'Tessera' },
  })
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  pdf.registerFont('regular', REGULAR).registerFont('bold', BOLD)
  heading(pdf, root, frame, title)
  for (const component of children(descend(root, 'component', 'structuredBody'), 'component')) {
    section(pdf, child(component, 'section'))
  }
  signature(pdf, root, frame)
  footers(pdf, frame)
  pdf.end()
  await once(pdf, 'end')
  return new Uint8Array(Buffer.concat(chunks))
}

type Pdf = InstanceType<typeof PDFDocument>

function signedAt(root: XmlElement): Date {
  const value = attribute(child(root, 'effectiveTime'), 'value') ?? ''
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(value) ?? []
  return new Date(`${year}-${month}-${day}T00:00:00Z`)
}

function heading(pdf: Pdf, root: XmlElement, frame: Frame, title: string): void {
  const role = descend(root, 'recordTarget', 'patientRole')
  const patient = child(role, 'patient')
  const birth = attribute(child(patient, 'birthTime'), 'value') ?? ''
  pdf.font('regular').fontSize(9).fillColor(QUIET)
  pdf.text(words(descend(root, 'author', 'assignedAuthor', 'representedOrganization', 'name')))
  pdf.moveDown(0.4).font('bold').fontSize(17).fillColor(INK).text(title)
  pdf.moveDown(0.3).fontSize(12).text(personName(child(patient, 'name')))
  pdf.font('regular').fontSize(9.5)
  pdf.text(`${frame.born}: ${birth.slice(6, 8)}-${birth.slice(4, 6)}-${birth.slice(0, 4)}`)
  pdf.text(`${frame.number}: ${attribute(child(role, 'id'), 'extension') ?? ''}`)
}

function personName(name: XmlElement | undefined): string {
  return elements(name).map(words).join(' ')
}

function section(pdf: Pdf, element: XmlElement | undefined): void {
  if (!element) return
  if (pdf.y > pdf.page.height - 150) pdf.addPage()
  pdf.moveDown(1).font('bold').fontSize(11.5).fillColor(INK).text(words(child(element, 'title')), MARGIN)
  pdf.moveDown(0.3)
  for (const block of elements(child(element, 'text'))) {
    if (block.name === 'table') table(pdf, block)
    else pdf.font('regular').fontSize(9.5).text(words(block), MARGIN).moveDown(0.2)
  }
}

function table(pdf: Pdf, element: XmlElement): void {
  row(pdf, children(descend(element, 'thead', 'tr'), 'th').map(words), 'bold')
  for (const line of children(child(element, 'tbody'), 'tr')) row(pdf, children(line, 'td').map(words), 'regular')
}

function row(pdf: Pdf, cells: readonly string[], font: 'regular' | 'bold'): void {
  pdf.font(font).fontSize(8.5)
  const width = (pdf.page.width - 2 * MARGIN) / Math.max(cells.length, 1)
  const text = { width: width - 8 }
  const height = Math.max(...cells.map((cell) => pdf.heightOfString(cell, text))) + 6
  if (pdf.y + height > pdf.page.height - MARGIN - 20) pdf.addPage()
  const top = pdf.y
  cells.forEach((cell, index) => {
    pdf.text(cell, MARGIN + index * width, top + 3, text)
  })
  pdf
    .moveTo(MARGIN, top + height)
    .lineTo(pdf.page.width - MARGIN, top + height)
    .lineWidth(0.5)
    .stroke(LINE)
  pdf.x = MARGIN
  pdf.y = top + height
}

function signature(pdf: Pdf, root: XmlElement, frame: Frame): void {
  const signer = descend(root, 'legalAuthenticator', 'assignedEntity')
  const name = personName(descend(signer, 'assignedPerson', 'name'))
  const organisation = words(descend(signer, 'representedOrganization', 'name'))
  pdf.moveDown(1.5).font('regular').fontSize(9.5).text(`${frame.signed}: ${name}, ${organisation}`, MARGIN)
}

function footers(pdf: Pdf, frame: Frame): void {
  const { count } = pdf.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    pdf.switchToPage(index)
    // Writing below the bottom margin would otherwise open a new page.
    pdf.page.margins.bottom = 0
    pdf.font('regular').fontSize(8).fillColor(QUIET)
    pdf.text(`${frame.page} ${index + 1}/${count} · ${frame.fictional}`, MARGIN, pdf.page.height - 36, { lineBreak: false })
  }
}
