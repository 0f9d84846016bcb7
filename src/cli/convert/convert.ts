/** Conversion of a file, standard input or a folder; one failing file never stops the others. */
import { join } from 'node:path'
import type { Reader } from '#documents/render/view.ts'
import { describeProblem, type Problem, type Result } from '#platform/result/result.ts'
import type { ConvertOptions } from '../commands/convert.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { startProgress } from '../progress.ts'
import { openReader } from '../reader.ts'
import { findInputs, readInput } from './inputs.ts'
import { type Converted, convertOne, ENDING, type Report } from './one.ts'

/** Runs the command and returns its exit code. */
export async function convert(input: string, options: ConvertOptions): Promise<number> {
  const inputs = await findInputs(input)
  if (!inputs.ok) return complain([inputs.problem])
  const reader = await openReader(options.lang)
  if (!reader.ok) return complain([reader.problem], EXIT.usage)
  if (inputs.value.kind === 'one') return convertFile(inputs.value.path, options, reader.value)
  return convertFolder(inputs.value.path, inputs.value.files, inputs.value.leftAlone, options, reader.value)
}

async function convertFile(path: string, options: ConvertOptions, reader: Reader): Promise<number> {
  const converted = await load(path, path, options, reader)
  if (!converted.ok) return complain([converted.problem])
  if (converted.value.note) console.error(converted.value.note)
  const written = await tryWriting(
    async () => {
      if (options.report) await writeWhole(options.report, json(converted.value.report))
      if (options.out) await writeWhole(options.out, converted.value.bytes)
    },
    options.out ?? options.report ?? path,
  )
  if (written) return complain([written])
  if (!options.out) await toStandardOutput(converted.value.bytes)
  return EXIT.fine
}

/** Waits until a slow reader has taken everything; a closed pipe is the reader's right. */
function toStandardOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error && 'code' in error && error.code !== 'EPIPE') reject(error)
      else resolve()
    })
  })
}

async function convertFolder(
  folder: string,
  files: readonly string[],
  leftAlone: number,
  options: ConvertOptions,
  reader: Reader,
): Promise<number> {
  const progress = startProgress(files.length)
  const problems: Problem[] = []
  let otherKinds = 0
  const totals = { documents: 0, statements: 0, coded: 0, text: 0, notCarried: 0, untranslated: 0 }
  for (const file of files) {
    const converted = await load(join(folder, file), join(folder, file), options, reader)
    progress.step(file)
    if (!converted.ok) {
      problems.push(converted.problem)
      continue
    }
    const written = await tryWriting(async () => {
      if (options.out) await writeWhole(join(options.out, file + ENDING[options.to]), converted.value.bytes)
      if (options.report) await writeWhole(join(options.report, `${file}.report.json`), json(converted.value.report))
    }, file)
    if (written) problems.push(written)
    add(totals, converted.value.report)
    if (converted.value.note) otherKinds += 1
  }
  progress.done()
  const { documents, statements, coded, text, notCarried, untranslated } = totals
  console.log(
    `${documents} of ${files.length} documents converted to ${options.to}${options.out ? ` in ${options.out}` : ' (nothing written: name a folder with --out)'}.`,
  )
  console.log(
    `${statements} statements: ${coded} coded, ${text} as text; ${notCarried} facts not carried (listed in the reports); ${untranslated} codes without a term in ${options.lang}.`,
  )
  if (otherKinds > 0) console.log(`${otherKinds} of them are no patient summaries; they are shown as they are written.`)
  if (leftAlone > 0) console.log(`${leftAlone} files left alone: their names end neither in .xml nor in .json.`)
  return problems.length > 0 ? complain(problems) : EXIT.fine
}

function add(
  totals: Record<'documents' | 'statements' | 'coded' | 'text' | 'notCarried' | 'untranslated', number>,
  report: Report,
): void {
  totals.documents += 1
  totals.statements += report.statements
  totals.coded += report.coded
  totals.text += report.text
  totals.notCarried += report.notCarried.length
  totals.untranslated += report.untranslated.length
}

async function load(path: string, name: string, options: ConvertOptions, reader: Reader): Promise<Result<Converted>> {
  const bytes = await readInput(path)
  return bytes.ok ? convertOne(bytes.value, name === '-' ? 'standard input' : name, options.to, reader) : bytes
}

function json(report: Report): Uint8Array {
  return Buffer.from(`${JSON.stringify(report, null, 2)}\n`)
}

function complain(problems: readonly Problem[], code: number = EXIT.failed): number {
  for (const problem of problems) console.error(describeProblem(problem))
  return code
}
