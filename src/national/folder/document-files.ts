/** Which files of the folder are documents, and what each says of itself. Each file stands alone: one bad file is one loss. */
import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import type { Problem } from '#platform/result/result.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { ABOUT_FILE, type About, readAbout } from './about-file.ts'
import { readCdaHeader } from './cda-header.ts'
import type { DocumentHeader } from './document-header.ts'
import { documentIdentifier } from './document-header.ts'
import { readFhirHeader } from './fhir-header.ts'

export type DocumentFileProblemCode = 'document-unreadable' | 'document-not-understood' | 'document-too-large'

/** Larger files are not read; the border refuses them anyway. */
const LARGEST_FILE = 64 * 1024 * 1024

/** One file of `documents/` as last read. `header` is undefined for a PDF or picture, whose facts come from its siblings. */
export interface DocumentFile {
  readonly name: string
  /** Changes whenever the file does: size, time of change and inode. */
  readonly version: string
  readonly size: number
  readonly hash: string
  readonly header: DocumentHeader | undefined
  /** Set for `x.about.json`, which is no document but says more of the documents `x.*`. */
  readonly about?: About
}

export type FileReading =
  | { readonly ok: true; readonly file: DocumentFile }
  | { readonly ok: false; readonly name: string; readonly version: string; readonly problem: Problem }

/** Names of regular document files directly inside `directory`, sorted; no links, so nothing outside is ever read. */
export async function documentFileNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(xml|json|pdf|png|jpe?g)$/i.test(entry.name))
    .map((entry) => entry.name)
    .sort()
}

/** The version of a file without reading it; undefined when it went away. */
export async function fileVersion(path: string): Promise<string | undefined> {
  try {
    const found = await lstat(path)
    return found.isFile() ? `${found.size}-${found.mtimeMs}-${found.ino}` : undefined
  } catch {
    return undefined
  }
}

/** Reads one file as far as a document list needs it. */
export async function readDocumentFile(directory: string, name: string, version: string): Promise<FileReading> {
  const problem = (code: DocumentFileProblemCode, sentence: string, next: string): FileReading => ({
    ok: false,
    name,
    version,
    problem: { code, sentence, next, place: { file: name } },
  })
  if (Number(version.split('-')[0]) > LARGEST_FILE) {
    return problem('document-too-large', 'The document is larger than 64 MiB.', 'Make it smaller; it is left out.')
  }
  let bytes: Uint8Array
  try {
    bytes = await readFile(join(directory, name))
  } catch {
    return problem('document-unreadable', 'The document cannot be read.', 'Check its permissions; it is left out.')
  }
  if (ABOUT_FILE.test(name)) {
    const about = readAbout(jsonOrUndefined(bytes))
    if (!about) return { ok: false, name, version, problem: notUnderstood(name, 'a description of a document').problem }
    return { ok: true, file: { name, version, size: bytes.length, hash: '', header: undefined, about } }
  }
  const reading = header(bytes, name)
  if (!reading.ok) return { ok: false, name, version, problem: reading.problem }
  const hash = createHash('sha256').update(bytes).digest('hex')
  return { ok: true, file: { name, version, size: bytes.length, hash, header: reading.value } }
}

type HeaderReading =
  | { readonly ok: true; readonly value: DocumentHeader | undefined }
  | { readonly ok: false; readonly problem: Problem }

function header(bytes: Uint8Array, name: string): HeaderReading {
  const extension = parse(name).ext.toLowerCase()
  const original = ORIGINALS[extension]
  if (original) {
    const starts = original.starts.every((octet, index) => bytes[index] === octet)
    return starts ? { ok: true, value: undefined } : notUnderstood(name, original.called)
  }
  if (extension === '.xml') {
    const parsed = parseXml(bytes, { file: name })
    if (!parsed.ok) return parsed
    const value = readCdaHeader(parsed.value.root)
    return value ? { ok: true, value } : notUnderstood(name, 'a CDA document with an id and a patient')
  }
  const value = readFhirHeader(jsonOrUndefined(bytes), documentIdentifier('file', name))
  return value ? { ok: true, value } : notUnderstood(name, 'a FHIR document about a patient with an identifier')
}

function notUnderstood(name: string, expected: string): Extract<HeaderReading, { readonly ok: false }> {
  return {
    ok: false,
    problem: {
      code: 'document-not-understood' satisfies DocumentFileProblemCode,
      sentence: `The file is not ${expected}.`,
      next: 'Correct or remove it; it is left out.',
      place: { file: name },
    },
  }
}

/** Documents that say nothing which can be read here, known by their first bytes. */
const ORIGINALS: Readonly<Record<string, OriginalKind>> = {
  '.pdf': { format: 'pdf', called: 'a PDF', starts: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  '.png': { format: 'png', called: 'a PNG picture', starts: [0x89, 0x50, 0x4e, 0x47] },
  '.jpg': { format: 'jpeg', called: 'a JPEG picture', starts: [0xff, 0xd8, 0xff] },
  '.jpeg': { format: 'jpeg', called: 'a JPEG picture', starts: [0xff, 0xd8, 0xff] },
}

interface OriginalKind {
  readonly format: 'pdf' | 'png' | 'jpeg'
  readonly called: string
  readonly starts: readonly number[]
}

/** Format of a file by its name; undefined when it is CDA or FHIR. */
export function originalFormat(name: string): OriginalKind['format'] | undefined {
  return ORIGINALS[parse(name).ext.toLowerCase()]?.format
}

function jsonOrUndefined(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
