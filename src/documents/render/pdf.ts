/**
 * The summary as a PDF for printing and archiving: tagged (structure tree, headings, tables, language of each foreign
 * span), with PDF/UA-1 metadata, the reader's words beside the original, patient and page number on each page.
 */
import { plainText } from '#platform/html/sanitise.ts'
import { hasOriginal } from './html-section.ts'
import { type Block, type Paragraph, paragraphs, rowBlocks, tagParagraphs } from './pdf/blocks.ts'
import { openFonts } from './pdf/fonts.ts'
import { createWriter, type Drawing, MARGIN, type Writer } from './pdf/writer.ts'
import { type DangerItem, isHarm, type Section, type SummaryView } from './summary-view.ts'
import { plain } from './values.ts'

type Sheet = Writer & Drawing
type Element = ReturnType<Sheet['document']['struct']>

function title(text: string, size: number, tone: Paragraph['tone'] = 'ink'): Block {
  return [{ runs: [{ text }], bold: true, size, tone }]
}

function headBlocks(sheet: Sheet, root: Element, view: SummaryView): void {
  const { header } = view
  sheet.block(root, 'P', paragraphs(header.documentTitle, { tone: 'quiet' }))
  sheet.block(root, 'H1', title(header.patientName, 18))
  for (const { label, content } of [...header.traits, ...header.context, ...header.more]) {
    sheet.block(
      root,
      'P',
      paragraphs([{ kind: 'words', text: `${label.text} : `, language: label.language }, ...content]),
    )
  }
}

function dangerItem(item: DangerItem): Paragraph[] {
  return [
    ...paragraphs(item.term, { bold: true, size: 11 }),
    ...tagParagraphs(item.tags),
    ...item.subs.flatMap((line) => paragraphs(line, { tone: 'quiet' })),
  ]
}

/** The danger block, with a bar at its side on every page that it covers. */
function dangerBlocks(sheet: Sheet, root: Element, view: SummaryView): void {
  const { danger, messages } = view
  const harm = isHarm(danger)
  const section = sheet.document.struct('Sect')
  root.add(section)
  sheet.y += 6
  const start = sheet.y
  const page = sheet.document.bufferedPageRange().count
  sheet.block(section, 'H2', title(messages.text('summary.allergies.title'), 12, harm ? 'danger' : 'ink'), 10)
  for (const item of danger.allergies) sheet.block(section, 'P', dangerItem(item), 10)
  for (const sentence of danger.allergySentences)
    sheet.block(section, 'P', paragraphs(sentence, { bold: true, size: 9.5 }), 10)
  if (danger.allergyText) sheet.block(section, 'P', paragraphs(danger.allergyText.words), 10)
  if (danger.medicines.length > 0 || danger.medicineSentences.length > 0) {
    const tone = danger.medicines.length > 0 ? 'danger' : 'ink'
    sheet.block(section, 'H3', title(messages.text('summary.highRisk.title'), 11, tone), 10)
    for (const item of danger.medicines) sheet.block(section, 'P', dangerItem(item), 10)
    for (const sentence of danger.medicineSentences) sheet.block(section, 'P', paragraphs(sentence), 10)
  }
  section.end()
  const colour = harm ? '#a3142a' : danger.allergyState === 'none-known' ? '#b9c4ca' : '#c98b1b'
  const top = page === sheet.document.bufferedPageRange().count ? start : MARGIN
  const bottom = sheet.y
  sheet.artifact(() => {
    sheet.document
      .rect(sheet.left, top - 3, 4, Math.max(0, bottom - top))
      .fillColor(colour)
      .fill()
  })
  sheet.y += 6
}

function accountBlocks(sheet: Sheet, root: Element, view: SummaryView): void {
  const { account, messages } = view
  if (view.isFile) {
    sheet.block(root, 'H2', title(messages.text('summary.account.file'), 12))
    sheet.block(root, 'P', paragraphs([messages.text('summary.account.fileNote')]))
    return
  }
  const key = account.complete ? 'summary.account.complete' : 'summary.account.incomplete'
  const shares = account.shares
    .map(({ key: share, count }) => messages.text(`summary.share.${share}`, { count }))
    .join(' · ')
  sheet.block(root, 'H2', title(messages.text(key, { count: account.statements }), 12))
  sheet.block(root, 'P', paragraphs([shares]))
  if (account.notCarried.length > 0) {
    sheet.block(
      root,
      'P',
      paragraphs([messages.text('summary.account.facts', { count: account.notCarried.length })], {
        tone: 'warn',
        bold: true,
      }),
    )
  }
  const note = messages.text(view.sameLanguage ? 'summary.account.same' : 'summary.account.note')
  sheet.block(root, 'P', paragraphs([`${note} ${messages.text('summary.pdf.electronic')}`], { tone: 'quiet', size: 8 }))
}

function columnHeads(section: Section, view: SummaryView): readonly Block[] {
  const { messages } = view
  const heads = [
    messages.text(`summary.columns.${section.columns}.first`),
    messages.text(`summary.columns.${section.columns}.second`),
    ...(!hasOriginal(section)
      ? []
      : [messages.text('summary.columns.original', { language: view.sourceLanguageName })]),
  ]
  return heads.map((text) => [{ runs: [{ text }], bold: true, size: 7.5, tone: 'quiet' }])
}

function sectionBlocks(sheet: Sheet, root: Element, section: Section, view: SummaryView): void {
  const { document } = sheet
  const element = document.struct('Sect')
  root.add(element)
  sheet.y += 8
  sheet.room(70)
  document.outline.addItem(plain(section.title))
  sheet.block(
    element,
    section.level === 0 ? 'H2' : 'H3',
    paragraphs(section.title, { bold: true, size: section.level === 0 ? 12 : 10.5 }),
  )
  if (section.originalTitle) sheet.block(element, 'P', paragraphs(section.originalTitle, { tone: 'quiet', size: 8 }))
  if (section.sentence) sheet.block(element, 'P', paragraphs(section.sentence))
  if (section.rows.length > 0) {
    const table = document.struct('Table')
    element.add(table)
    const shares = !hasOriginal(section) ? [0.6, 0.4] : [0.42, 0.26, 0.32]
    const widths = shares.map((share) => share * sheet.width)
    sheet.rule()
    sheet.tableRow(table, columnHeads(section, view), widths, true)
    for (const row of section.rows) sheet.tableRow(table, rowBlocks(row, view).slice(0, widths.length), widths, false)
    table.end()
  }
  if (section.state === 'text' && section.narrative) {
    const { html, language } = section.narrative
    sheet.block(element, 'P', paragraphs([{ kind: 'words', text: plainText(html), language }]))
  }
  element.end()
}

function notCarriedBlocks(sheet: Sheet, root: Element, view: SummaryView): void {
  const { account, messages } = view
  if (account.notCarried.length === 0) return
  sheet.y += 8
  sheet.room(70)
  sheet.block(root, 'H2', title(messages.text('summary.notCarried.title'), 12))
  for (const { what, why, path } of account.notCarried) {
    sheet.block(root, 'P', [
      ...paragraphs([what], { bold: true }),
      ...paragraphs([{ kind: 'words', text: why, language: 'en' }], { tone: 'quiet' }),
      ...paragraphs([path], { tone: 'quiet', size: 7 }),
    ])
  }
}

/** Patient, document and page number at the foot of every page. */
function footers(sheet: Sheet, view: SummaryView): void {
  const { document } = sheet
  const { start, count } = document.bufferedPageRange()
  for (let page = start; page < start + count; page++) {
    document.switchToPage(page)
    document.page.margins.bottom = 0
    const y = document.page.height - MARGIN - 8
    document.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] })
    document.font('regular').fontSize(7.5).fillColor('#4a5b65')
    document.text(view.title, sheet.left, y, {
      width: sheet.width * 0.75,
      height: 10,
      lineBreak: false,
      ellipsis: true,
    })
    const numbers = view.messages.text('summary.pdf.page', { page: page - start + 1, pages: count })
    document.text(numbers, sheet.left + sheet.width * 0.75, y, {
      width: sheet.width * 0.25,
      align: 'right',
      lineBreak: false,
    })
    document.endMarkedContent()
  }
}

/** A tagged PDF of the summary. */
export async function renderPdf(view: SummaryView): Promise<Uint8Array> {
  const { default: PDFDocument } = await import('pdfkit')
  const fonts = openFonts()
  const options: PDFKit.PDFDocumentOptions = {
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    tagged: true,
    pdfVersion: '1.7',
    lang: view.language,
    displayTitle: true,
    info: { Title: view.title, Creator: 'Tessera', Producer: 'Tessera' },
  }
  // pdfkit writes PDF/UA-1 metadata for this subset; its type declarations do not list it yet.
  const document = new PDFDocument(Object.assign(options, { subset: 'PDF/UA' }))
  const chunks: Uint8Array[] = []
  const finished = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    document.on('end', resolve)
    document.on('error', reject)
  })
  document.registerFont('regular', fonts.regular)
  document.registerFont('bold', fonts.bold)
  document.font('regular')
  const sheet = createWriter(document, fonts, view.language)
  const root = document.struct('Document')
  document.addStructure(root)
  headBlocks(sheet, root, view)
  dangerBlocks(sheet, root, view)
  accountBlocks(sheet, root, view)
  for (const section of view.sections) if (section.group !== 'document') sectionBlocks(sheet, root, section, view)
  notCarriedBlocks(sheet, root, view)
  if (sheet.missing) {
    sheet.y += 8
    sheet.block(root, 'P', paragraphs([view.messages.text('summary.pdf.glyphs')], { bold: true, tone: 'warn' }))
  }
  root.end()
  footers(sheet, view)
  document.end()
  await finished
  return Buffer.concat(chunks)
}
