/** Transcodes or translates one document: the document to a file or standard output, the report to a file, a line for people. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CodedElementList, myHealthEuList, readCodedElementList } from '#documents/transcode/coded-element-list.ts'
import type { Direction } from '#documents/transcode/conversion.ts'
import type { TransformationReport } from '#documents/transcode/report.ts'
import { transformDocument } from '#documents/transcode/transform.ts'
import { describeProblem, failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { openTerminology } from '#terminology/index.ts'
import { readInput } from '../convert/inputs.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'

export interface TransformOptions {
  /** Languages in order of wish; only for translating. */
  readonly lang?: readonly string[]
  /** `all`, `myhealth-eu`, or a file in the shape of data/coded-elements. */
  readonly elements: string
  readonly at?: string
  readonly out?: string
  readonly report?: string
  readonly home?: string
}

/** @returns the exit code: failed when the document cannot be read or written, or when its status is ERROR */
export async function transform(direction: Direction, input: string, options: TransformOptions): Promise<number> {
  const codedElements = await elementsOf(options.elements)
  if (!codedElements.ok) return tell(codedElements.problem)
  const bytes = await readInput(input)
  if (!bytes.ok) return tell(bytes.problem)
  const home = options.home ?? tesseraHome()
  const terminology = await openTerminology({ cache: join(home, 'cache'), home })
  const request = {
    direction,
    languages: options.lang ?? [],
    codedElements: codedElements.value,
    file: input,
    ...(options.at !== undefined && { at: options.at }),
  }
  const result = transformDocument(bytes.value, request, terminology)
  if (!result.ok) return tell(result.problem)
  const { out, report: reportFile } = options
  const { report } = result.value
  if (out === undefined) process.stdout.write(result.value.bytes)
  const unwritten =
    (out === undefined ? undefined : await tryWriting(() => writeWhole(out, result.value.bytes), out)) ??
    (reportFile === undefined ? undefined : await tryWriting(() => writeReport(reportFile, report), reportFile))
  if (unwritten) return tell(unwritten)
  console.error(summaryOf(report))
  return report.status === 'ERROR' ? EXIT.failed : EXIT.fine
}

function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}

async function writeReport(file: string, report: TransformationReport): Promise<void> {
  await writeWhole(file, Buffer.from(`${JSON.stringify(report, null, 2)}\n`))
}

async function elementsOf(named: string): Promise<Result<CodedElementList | 'all'>> {
  if (named === 'all') return ok('all')
  if (named === 'myhealth-eu') return ok(myHealthEuList())
  try {
    const json: unknown = JSON.parse(await readFile(named, 'utf8'))
    return readCodedElementList(json)
  } catch {
    return failed(
      'coded-element-list-unreadable',
      'The list of coded elements cannot be read.',
      'Name `all`, `myhealth-eu` or a JSON file.',
      { file: named },
    )
  }
}

/** e.g. `WARNING: 42 coded elements; 40 translated (fr 39, fr-FR 1), 1 without words, 1 unknown; 12 findings`. */
function summaryOf({ status, direction, coverage, languagesUsed, findings }: TransformationReport): string {
  const { elements, mapped, pivot, unmapped, translated, untranslated, unknown, outsideValueSet } = coverage
  const languages = Object.entries(languagesUsed).map(([language, times]) => `${language} ${times}`)
  const done =
    direction === 'transcode'
      ? [`${mapped} mapped`, `${pivot} European already`, `${unmapped} without a mapping`]
      : [
          `${translated} translated${languages.length > 0 ? ` (${languages.join(', ')})` : ''}`,
          `${untranslated} without words`,
        ]
  const rest = [`${unknown} unknown`, `${outsideValueSet} outside their value set`]
  return `${status}: ${elements} coded elements; ${[...done, ...rest].join(', ')}; ${findings.length} findings`
}
