/** Reading, mapping, translating and rendering patient summaries, against what libxml2 and xmldom take merely to parse them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { ParseOption, XmlDocument } from 'libxml2-wasm'
import { openReader } from '../src/cli/reader.ts'
import { readDocument } from '../src/documents/read.ts'
import { renderPage } from '../src/documents/render/page.ts'
import { accountReport, summaryView } from '../src/documents/render/view.ts'
import { parseXml } from '../src/platform/xml/parse.ts'
import { type Benchmark, medians } from './benchmark.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'shared', 'corpus', 'openncp', 'cda', 'ps')

export const benchmark: Benchmark = { name: 'patient summaries (CDA → model → French → HTML)', run }

async function run(): Promise<readonly string[]> {
  if (!existsSync(FOLDER)) return ['skipped: ../shared/corpus is absent']
  const sources = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file)))
  const reader = await openReader('fr')
  if (!reader.ok) return [reader.problem.sentence]
  const { terminology } = reader.value
  let pages = 0
  const { libxml2, xmldom, parse, read, whole } = medians({
    libxml2: () => {
      for (const bytes of sources) XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_HUGE }).dispose()
    },
    xmldom: () => {
      for (const bytes of sources) {
        new DOMParser({ onError: () => undefined }).parseFromString(bytes.toString().replace(/^\uFEFF/, ''), 'text/xml')
      }
    },
    parse: () => {
      for (const bytes of sources) parseXml(bytes)
    },
    read: () => {
      for (const bytes of sources) readDocument(bytes, { terminology })
    },
    whole: () => {
      pages = 0
      for (const bytes of sources) {
        const document = readDocument(bytes, { terminology })
        if (!document.ok) continue
        const view = summaryView(document.value, reader.value)
        accountReport(document.value, view)
        pages += String(renderPage(view)).length
      }
    },
  })
  const megabytes = sources.reduce((sum, bytes) => sum + bytes.length, 0) / 1e6
  const line = (what: string, time: number): string =>
    `${what.padEnd(46)} ${time.toFixed(0).padStart(6)} ms  ${(megabytes / (time / 1000)).toFixed(1).padStart(6)} MB/s  ${(time / libxml2).toFixed(2).padStart(6)} × libxml2 parse`
  return [
    `${sources.length} documents, ${megabytes.toFixed(1)} MB of CDA, ${(pages / 1e6).toFixed(1)} MB of pages; median of 9 rounds after 20 to warm up, with the memory setting of tessera convert`,
    line('libxml2 (wasm), parse only [baseline]', libxml2),
    line('xmldom, parse only', xmldom),
    line('Tessera, parse only', parse),
    line('Tessera, read into the model with account', read),
    line('Tessera, read + account + translate + page', whole),
  ]
}
