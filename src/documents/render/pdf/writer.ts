/** Draws tagged paragraphs and tables on pages of A4. Everything drawn is either in the structure tree or an artifact. */
import type PDFKit from 'pdfkit'
import type { Block, Paragraph, Tone } from './blocks.ts'
import { type Fonts, printable } from './fonts.ts'

type Document = InstanceType<typeof PDFKit>
type Element = ReturnType<Document['struct']>
type Tag = Parameters<Document['struct']>[0]

const COLOURS: Readonly<Record<Tone, string>> = {
  ink: '#16242c',
  quiet: '#4a5b65',
  danger: '#a3142a',
  warn: '#7a4b00',
  good: '#1d6b3c',
}

export const MARGIN = 42
const FOOT = 30
const GAP = 3

export interface Writer {
  readonly document: Document
  readonly left: number
  readonly width: number
  /** True when a character had to be replaced because the fonts cannot show it. */
  missing: boolean
  y: number
}

export function createWriter(document: Document, fonts: Fonts, language: string): Writer & Drawing {
  const left = MARGIN
  const width = document.page.width - 2 * MARGIN
  const bottom = document.page.height - MARGIN - FOOT
  const writer = { document, left, width, missing: false, y: MARGIN }
  const shown = (text: string): string =>
    printable(text, fonts.coverage, () => {
      writer.missing = true
    })
  const style = ({ bold, size, tone }: Paragraph): void => {
    document
      .font(bold ? 'bold' : 'regular')
      .fontSize(size)
      .fillColor(COLOURS[tone])
  }
  const heightOf = (paragraph: Paragraph, space: number): number => {
    style(paragraph)
    return document.heightOfString(shown(paragraph.runs.map(({ text }) => text).join('')), { width: space })
  }
  const blockHeight = (block: Block, space: number): number =>
    block.reduce((sum, paragraph) => sum + heightOf(paragraph, space) + 1, 0)
  const newPage = (): void => {
    document.addPage()
    writer.y = MARGIN
  }
  const room = (height: number): void => {
    if (writer.y + height > bottom) newPage()
  }
  const artifact = (draw: () => void): void => {
    document.markContent('Artifact', { type: 'Layout' })
    draw()
    document.endMarkedContent()
  }

  /** Draws one paragraph at a place, each run with its language. */
  const draw = (parent: Element, paragraph: Paragraph, x: number, y: number, space: number): void => {
    const last = paragraph.runs.length - 1
    paragraph.runs.forEach(({ text, language: own }, position) => {
      const options = own !== undefined && own !== language ? { lang: own } : {}
      const span = document.struct('Span', options)
      parent.add(span)
      span.add(() => {
        style(paragraph)
        const continued = position < last
        if (position === 0) document.text(shown(text), x, y, { width: space, continued })
        else document.text(shown(text), { width: space, continued })
      })
      span.end()
    })
  }

  const block = (parent: Element, tag: Tag, content: Block, indent = 0): void => {
    for (const paragraph of content) {
      const space = width - indent
      room(heightOf(paragraph, space))
      const element = document.struct(tag)
      parent.add(element)
      draw(element, paragraph, left + indent, writer.y, space)
      element.end()
      writer.y += heightOf(paragraph, space) + GAP
    }
  }

  const rule = (): void => {
    artifact(() => {
      document
        .moveTo(left, writer.y)
        .lineTo(left + width, writer.y)
        .lineWidth(0.5)
        .strokeColor('#b9c4ca')
        .stroke()
    })
  }

  /** One row; paragraphs that do not fit go on in a further row on the next page. */
  const tableRow = (table: Element, cells: readonly Block[], widths: readonly number[], head: boolean): void => {
    const rest = cells.map((cell) => [...cell])
    let first = true
    while (first || rest.some((cell) => cell.length > 0)) {
      const need = Math.max(...rest.map((cell, column) => blockHeight(cell, (widths[column] ?? 0) - 8)), 8)
      if (writer.y + need + 6 > bottom && writer.y > MARGIN + 200) newPage()
      const available = bottom - writer.y - 6
      const row = document.struct('TR')
      table.add(row)
      let used = 0
      let x = left
      for (const [column, cell] of rest.entries()) {
        const space = (widths[column] ?? 0) - 8
        const isHead = head || column === 0
        // pdfkit knows `scope`; its type declarations do not list it yet.
        const options: { readonly lang?: string; readonly scope?: string } = isHead
          ? { scope: head ? 'Column' : 'Row' }
          : {}
        const element = document.struct(isHead ? 'TH' : 'TD', options)
        row.add(element)
        let y = writer.y + 3
        let taken = 0
        for (const paragraph of cell) {
          const height = heightOf(paragraph, space)
          if (taken > 0 && y + height - writer.y > available) break
          draw(element, paragraph, x + 4, y, space)
          y += height + 1
          taken++
        }
        cell.splice(0, taken)
        used = Math.max(used, y - writer.y)
        element.end()
        x += widths[column] ?? 0
      }
      row.end()
      writer.y += Math.max(used, 8) + 3
      rule()
      first = false
      if (rest.some((cell) => cell.length > 0)) newPage()
    }
  }

  return Object.assign(writer, { block, tableRow, artifact, room, rule, blockHeight, newPage })
}

export interface Drawing {
  /** Paragraphs across the page, each an element of `tag`. */
  block(parent: Element, tag: Tag, content: Block, indent?: number): void
  tableRow(table: Element, cells: readonly Block[], widths: readonly number[], head: boolean): void
  /** Draws what is no content: lines and boxes. */
  artifact(draw: () => void): void
  /** Begins a new page when less than `height` is left. */
  room(height: number): void
  rule(): void
  blockHeight(block: Block, width: number): number
  newPage(): void
}
