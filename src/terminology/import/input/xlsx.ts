/**
 * The cells of a spreadsheet (Office Open XML, ECMA-376): a zip of XML files. Texts and numbers as they stand, formulas by
 * their last value; no formats, so a date is its number of days.
 */
import yauzl from 'yauzl'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, text } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { InputFile } from './input.ts'

export interface Sheet {
  readonly name: string
  /** Rows with the number that the spreadsheet shows; empty rows left away. */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
}

const MAX_PART = 256 * 1024 * 1024
const MAX_COLUMNS = 2000
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export async function readSheets(file: InputFile): Promise<Result<readonly Sheet[], string>> {
  const bytes = await file.bytes()
  if (!bytes.ok) return bytes
  try {
    const parts = await readParts(bytes.value)
    const workbook = root(parts, 'xl/workbook.xml')
    if (!workbook) throw new Error('it has no workbook')
    const targets = new Map(
      children(root(parts, 'xl/_rels/workbook.xml.rels'), 'Relationship').map((one) => [
        attribute(one, 'Id') ?? '',
        `xl/${(attribute(one, 'Target') ?? '').replace(/^\/xl\//, '')}`,
      ]),
    )
    const shared = children(root(parts, 'xl/sharedStrings.xml'), 'si').map(stringOf)
    const sheets = children(child(workbook, 'sheets'), 'sheet').flatMap((sheet) => {
      const part = targets.get(attribute(sheet, 'id', RELATIONSHIPS) ?? '') ?? ''
      const element = root(parts, part)
      return element ? [{ name: attribute(sheet, 'name') ?? part, rows: rowsOf(element, shared) }] : []
    })
    return ok(sheets)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const next = 'Save it again as .xlsx, or as CSV.'
    return failed('terminology-spreadsheet-broken', `The spreadsheet cannot be read: ${why}.`, next, {
      file: file.name,
    })
  }
}

async function readParts(bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const parts = new Map<string, Buffer>()
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true })
  let total = 0
  for await (const entry of zip.eachEntry()) {
    if (
      !/^xl\/(?:workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|worksheets\/[^/]+\.xml)$/.test(
        entry.fileName,
      )
    )
      continue
    const chunks: Buffer[] = []
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      total += chunk.length
      if (total > MAX_PART) throw new Error('it unpacks to more than 256 MB')
      chunks.push(chunk)
    }
    parts.set(entry.fileName, Buffer.concat(chunks))
  }
  return parts
}

function root(parts: ReadonlyMap<string, Buffer>, name: string): XmlElement | undefined {
  const bytes = parts.get(name)
  if (!bytes) return undefined
  const parsed = parseXml(bytes, { file: name, limits: { bytes: MAX_PART, nodes: 20_000_000 } })
  if (!parsed.ok) throw new Error(parsed.problem.sentence)
  return parsed.value.root
}

/** A string in runs of different formats; how it is read aloud (`rPh`) is not part of it. */
function stringOf(element: XmlElement): string {
  const runs = children(element, 'r')
  return [...children(element, 't'), ...runs.flatMap((run) => children(run, 't'))].map(text).join('')
}

function rowsOf(sheet: XmlElement, shared: readonly string[]): Sheet['rows'] {
  const rows: { line: number; cells: string[] }[] = []
  for (const row of children(child(sheet, 'sheetData'), 'row')) {
    const line = Number(attribute(row, 'r')) || (rows.at(-1)?.line ?? 0) + 1
    const cells: string[] = []
    for (const cell of children(row, 'c')) {
      const column = columnOf(attribute(cell, 'r')) ?? cells.length
      if (column >= MAX_COLUMNS) throw new Error('it has more than 2,000 columns')
      while (cells.length < column) cells.push('')
      cells[column] = cellOf(cell, shared).trim()
    }
    if (cells.some((cell) => cell !== '')) rows.push({ line, cells })
  }
  return rows
}

function cellOf(cell: XmlElement, shared: readonly string[]): string {
  const type = attribute(cell, 't')
  if (type === 'inlineStr') return stringOf(child(cell, 'is') ?? cell)
  const value = text(child(cell, 'v'))
  if (type === 's') return shared[Number(value)] ?? ''
  // Codes that were typed as numbers: 1.0219E7 is 10219000.
  if (type === undefined && /^-?\d+(?:\.\d+)?E\+?\d+$/i.test(value)) return String(Number(value))
  return value
}

/** `BC12` → 54. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference ?? '')?.[1]
  if (letters === undefined) return undefined
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
