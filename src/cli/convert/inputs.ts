/** Finding and reading the inputs of a command: a file, standard input or a folder. Bounded before anything is parsed. */
import { open, readdir, stat } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'

/** A clinical document with scans inside can be large; beyond this it is refused before it is read. */
export const LARGEST_DOCUMENT = 64 * 1024 * 1024

export type InputProblemCode = 'input-missing' | 'input-too-large' | 'input-unreadable' | 'input-empty'

export type Inputs =
  | { readonly kind: 'one'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string; readonly files: readonly string[]; readonly leftAlone: number }

/** What the argument names. Files in a folder are relative to it, sorted; only those with these endings are documents. */
export async function findInputs(
  argument: string,
  endings: readonly string[] = ['.xml', '.json'],
): Promise<Result<Inputs, InputProblemCode>> {
  if (argument === '-') return ok({ kind: 'one', path: '-' })
  const found = await stat(argument).catch(() => undefined)
  if (found === undefined) return failed('input-missing', `There is no file or folder ${argument}.`, 'Check the name.')
  if (!found.isDirectory()) return ok({ kind: 'one', path: argument })
  const entries = await readdir(argument, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(argument, join(entry.parentPath, entry.name)))
  const documents = files.filter((file) => endings.includes(extname(file).toLowerCase())).sort()
  return ok({ kind: 'folder', path: argument, files: documents, leftAlone: files.length - documents.length })
}

/** Reads one input whole, up to {@link LARGEST_DOCUMENT}. */
export async function readInput(path: string): Promise<Result<Uint8Array, InputProblemCode>> {
  return path === '-' ? readStandardInput() : readFile(path)
}

async function readFile(path: string): Promise<Result<Uint8Array, InputProblemCode>> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    if (size > LARGEST_DOCUMENT) return tooLarge(path, size)
    const bytes = await file.readFile()
    return bytes.length === 0 ? empty(path) : ok(bytes)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return failed('input-unreadable', `The file cannot be read (${reason}).`, 'Check its permissions.', { file: path })
  }
}

async function readStandardInput(): Promise<Result<Uint8Array, InputProblemCode>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    size += bytes.length
    if (size > LARGEST_DOCUMENT) return tooLarge('-', size)
    chunks.push(bytes)
  }
  return size === 0 ? empty('-') : ok(Buffer.concat(chunks))
}

function tooLarge(file: string, size: number): Result<never, InputProblemCode> {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`
  return failed(
    'input-too-large',
    `The document has ${mebibytes(size)} or more; ${mebibytes(LARGEST_DOCUMENT)} is the most that is read.`,
    'Take large attachments out of the document.',
    { file },
  )
}

function empty(file: string): Result<never, InputProblemCode> {
  return failed('input-empty', 'The input is empty.', 'Give a CDA or FHIR document.', { file })
}
