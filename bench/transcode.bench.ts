/** Transcoding and translating the CDA documents of the corpus in place, against merely parsing them in the same run. */
import { readFileSync } from 'node:fs'
import { openReader } from '../src/cli/reader.ts'
import { myHealthEuList } from '../src/documents/transcode/coded-element-list.ts'
import type { Direction } from '../src/documents/transcode/conversion.ts'
import { transformDocument } from '../src/documents/transcode/transform.ts'
import { openXml } from '../src/platform/xml/edit.ts'
import { parseXml } from '../src/platform/xml/parse.ts'
import { corpusFiles } from '../src/platform/xml/testing/corpus.ts'
import { type Benchmark, medians } from './benchmark.ts'

export const benchmark: Benchmark = { name: 'transformation of documents (CDA → CDA, in place)', run }

async function run(): Promise<readonly string[]> {
  const sources = corpusFiles('openncp/cda/**/*.xml').map((file) => readFileSync(file))
  if (sources.length === 0) return ['skipped: ../shared/corpus is absent']
  const reader = await openReader('fr')
  if (!reader.ok) return [reader.problem.sentence]
  const { terminology } = reader.value
  const list = myHealthEuList()
  let changed = 0
  const transform = (direction: Direction, codedElements: typeof list | 'all') => () => {
    changed = 0
    for (const bytes of sources) {
      const result = transformDocument(bytes, { direction, languages: ['fr'], codedElements }, terminology)
      if (result.ok) changed += result.value.report.coverage.changed
    }
  }
  const { parse, open, ...times } = medians({
    parse: () => {
      for (const bytes of sources) parseXml(bytes)
    },
    open: () => {
      for (const bytes of sources) openXml(bytes)
    },
    transcodeList: transform('transcode', list),
    transcodeAll: transform('transcode', 'all'),
    translateList: transform('translate', list),
    translateAll: transform('translate', 'all'),
  })
  const megabytes = sources.reduce((sum, bytes) => sum + bytes.length, 0) / 1e6
  const line = (what: string, time: number): string =>
    `${what.padEnd(46)} ${time.toFixed(0).padStart(6)} ms  ${(sources.length / (time / 1000)).toFixed(0).padStart(6)} documents/s  ${(time / parse).toFixed(2).padStart(6)} × parse`
  return [
    `${sources.length} documents, ${megabytes.toFixed(1)} MB, ${changed} elements translated; one core; median of 9 rounds after 20 to warm up`,
    line('parse only [baseline]', parse),
    line('parse, keeping places', open),
    line('transcode, listed elements', times.transcodeList),
    line('transcode, all coded elements', times.transcodeAll),
    line('translate to French, listed elements', times.translateList),
    line('translate to French, all coded elements', times.translateAll),
  ]
}
