/** Files and folders → the documents in them, each read alone: what one cannot be read for, is told, and the others go on. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { readDocument } from '#documents/read.ts'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { SourceDocument } from '#research/omop/from-fhir/document-facts.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { findInputs, LARGEST_DOCUMENT, readInput } from '../convert/inputs.ts'
import { startProgress } from '../progress.ts'

const ENDINGS = ['.xml', '.json', '.ndjson']

/** What is known beside the documents; complete when the last of them is read. */
export interface Reading {
  /** Of what could not be read. */
  readonly problems: Problem[]
  /** Files of folders that are no documents by their names. */
  leftAlone: number
  /** Facts that the model of documents does not hold; `tessera convert --report` lists them. */
  notCarried: number
}

/** One document after the other, so that nobody has to hold all of them. */
export async function* readDocuments(
  paths: readonly string[],
  terminology: Terminology,
  reading: Reading,
): AsyncGenerator<SourceDocument> {
  const files = await filesOf(paths, reading)
  const progress = startProgress(files.length)
  for (const file of files) {
    for await (const part of partsOf(file)) {
      const read = part.ok ? readPart(part.value, terminology) : part
      if (read.ok) {
        reading.notCarried += read.value.notCarried
        yield read.value.source
      } else reading.problems.push(read.problem)
    }
    progress.step(file)
  }
  progress.done()
}

/** Every file once, however often it is named. */
async function filesOf(paths: readonly string[], reading: Reading): Promise<readonly string[]> {
  const files = new Map<string, string>()
  for (const path of paths) {
    const found = await findInputs(path, ENDINGS)
    if (!found.ok) reading.problems.push(found.problem)
    else if (found.value.kind === 'one') files.set(resolve(path), path)
    else {
      for (const file of found.value.files) files.set(resolve(path, file), join(path, file))
      reading.leftAlone += found.value.leftAlone
    }
  }
  return [...files.values()]
}

/** The bytes of one document, and where they stand. */
interface Part {
  readonly file: string
  /** In a file with one document on each line. */
  readonly line?: number
  readonly bytes: Uint8Array
}

async function* partsOf(file: string): AsyncGenerator<Result<Part>> {
  if (extname(file).toLowerCase() === '.ndjson') {
    yield* bundlesOf(file)
    return
  }
  const bytes = await readInput(file)
  yield bytes.ok ? ok({ file, bytes: bytes.value }) : bytes
}

function readPart(
  { file, line, bytes }: Part,
  terminology: Terminology,
): Result<{
  readonly source: SourceDocument
  readonly notCarried: number
}> {
  const read = readDocument(bytes, { file, terminology })
  if (!read.ok) {
    return line === undefined
      ? read
      : { ok: false, problem: { ...read.problem, place: { ...read.problem.place, line } } }
  }
  const { bundle, account } = read.value
  const name = line === undefined ? file : `${file}:${line}`
  // The same bytes under another name are the same document.
  const identity = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  return ok({ source: { name, identity, document: { bundle } }, notCarried: account.notCarried.length })
}

/** Bundles on lines. Single resources, as bulk exports have them, say nothing about whose they are without their other files. */
async function* bundlesOf(file: string): AsyncGenerator<Result<Part>> {
  const single = { lines: 0, first: 0 }
  try {
    for await (const { line, bytes } of linesOf(file)) {
      if (bytes === undefined) {
        yield failed('input-too-large', 'The line is longer than any document that is read.', 'Take attachments out.', {
          file,
          line,
        })
      } else if (isSingleResource(bytes)) {
        single.lines += 1
        single.first ||= line
      } else yield ok({ file, line, bytes })
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    yield failed('input-unreadable', `The file cannot be read (${reason}).`, 'Check its permissions.', { file })
  }
  if (single.lines > 0) {
    yield failed(
      'input-single-resources',
      `${single.lines} lines hold single resources, the first of them this one, and no Bundle of one patient.`,
      'Make a Bundle of each patient’s resources, with the Patient in it.',
      { file, line: single.first },
    )
  }
}

function isSingleResource(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof value === 'object' && value !== null && 'resourceType' in value && value.resourceType !== 'Bundle'
  } catch {
    // What is wrong with it, its reader says.
    return false
  }
}

const NEW_LINE = 0x0a

/** Lines that hold something; one beyond the bounds is passed over, without its bytes. */
async function* linesOf(file: string): AsyncGenerator<{ readonly line: number; readonly bytes?: Uint8Array }> {
  let line = 1
  let held: Buffer[] = []
  let size = 0
  const taken = () => {
    const bytes = Buffer.concat(held)
    const one = size > LARGEST_DOCUMENT ? { line } : { line, bytes }
    const blank = size <= LARGEST_DOCUMENT && bytes.toString('latin1').trim() === ''
    held = []
    size = 0
    line += 1
    return blank ? [] : [one]
  }
  const keep = (bytes: Buffer) => {
    size += bytes.length
    if (size <= LARGEST_DOCUMENT) held.push(bytes)
    else held = []
  }
  for await (const chunk of createReadStream(file)) {
    let rest: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    for (let at = rest.indexOf(NEW_LINE); at >= 0; at = rest.indexOf(NEW_LINE)) {
      keep(rest.subarray(0, at))
      yield* taken()
      rest = rest.subarray(at + 1)
    }
    keep(rest)
  }
  yield* taken()
}
