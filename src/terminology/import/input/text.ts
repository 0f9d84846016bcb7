/** Bytes → text: byte order mark first, then UTF-8, and never letters that are not what was written. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { InputFile, InputProblemCode } from './input.ts'

export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'windows-1250',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-15',
] as const
export type Encoding = (typeof ENCODINGS)[number]

export type TextProblemCode = InputProblemCode | 'terminology-file-encoding' | 'terminology-file-no-json'

/** Text of a whole file. Without `encoding` the byte order mark decides, else it has to be UTF-8. */
export async function readText(file: InputFile, encoding?: Encoding): Promise<Result<string, TextProblemCode>> {
  const bytes = await file.bytes()
  if (!bytes.ok) return bytes
  return decode(bytes.value, file.name, encoding)
}

export function decode(bytes: Buffer, name: string, encoding?: Encoding): Result<string, TextProblemCode> {
  const mark = encodingOfMark(bytes)
  const used = mark ?? encoding ?? 'utf-8'
  try {
    return ok(new TextDecoder(used, { fatal: used === 'utf-8' }).decode(bytes))
  } catch {
    const line = lineOfBadByte(bytes)
    return failed(
      'terminology-file-encoding',
      `The file is not UTF-8 (line ${line}): its letters would be wrong.`,
      'Save it as UTF-8, or name its encoding in the mapping.',
      { file: name, line },
    )
  }
}

export function encodingOfMark(bytes: Uint8Array): Encoding | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined
}

/** The line of the first byte that is no UTF-8. */
function lineOfBadByte(bytes: Buffer): number {
  let line = 1
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from)
    const stop = end === -1 ? bytes.length : end + 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, stop))
    } catch {
      return line
    }
    from = stop
  }
  return line
}

/** The JSON of a file; the problem says where in it the text stops being JSON, as far as the engine tells. */
export async function readJson(file: InputFile): Promise<Result<unknown, TextProblemCode>> {
  const text = await readText(file)
  if (!text.ok)
    return text.problem.code === 'terminology-file-encoding'
      ? noJson(text.problem.sentence, file, text.problem.place?.line)
      : text
  try {
    return ok(JSON.parse(text.value))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const position = Number(/position (\d+)/.exec(why)?.[1] ?? Number.NaN)
    const line = Number.isNaN(position) ? undefined : text.value.slice(0, position).split('\n').length
    return noJson(`The file is not JSON: ${why}.`, file, line)
  }
}

function noJson(sentence: string, file: InputFile, line: number | undefined) {
  const place = { file: file.name, ...(line !== undefined && { line }) }
  return failed('terminology-file-no-json', sentence, 'Correct it or take it out.', place)
}
