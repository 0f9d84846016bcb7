/**
 * Reads a gzipped tar archive (POSIX ustar with pax and GNU long names), as FHIR packages are. Small on purpose: regular
 * files only, and nothing that could reach outside the folder it is unpacked into.
 */
import { gunzipSync } from 'node:zlib'
import { failed, ok, type Result } from '#platform/result/result.ts'

export interface TarFile {
  /** Relative, with `/`, never upwards. */
  readonly path: string
  readonly bytes: Buffer
}

export interface TarLimits {
  /** Bytes after unpacking. */
  readonly size: number
  readonly files: number
}

export type TarProblemCode = 'package-unreadable' | 'package-unsafe' | 'package-too-large'

const BLOCK = 512
const NEXT_UNREADABLE = 'Download the package again, or make the archive with npm pack.'

/** The regular files of the archive; directories are implied, links and devices refuse the whole archive. */
export function readTarball(archive: Buffer, limits: TarLimits): Result<readonly TarFile[], TarProblemCode> {
  let tar: Buffer
  try {
    tar = gunzipSync(archive, { maxOutputLength: limits.size })
  } catch (error) {
    if (error instanceof RangeError) return tooLarge(limits)
    return failed('package-unreadable', 'The file is no gzip archive or is cut off.', NEXT_UNREADABLE)
  }
  const files: TarFile[] = []
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    if (!checksumHolds(header))
      return failed('package-unreadable', 'The archive is damaged: a header has a wrong checksum.', NEXT_UNREADABLE)
    const size = octal(header, 124, 12)
    const start = at + BLOCK
    if (size === undefined || start + size > tar.length)
      return failed('package-unreadable', 'The archive is cut off in the middle of a file.', NEXT_UNREADABLE)
    const bytes = tar.subarray(start, start + size)
    at = start + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'x') longName = paxPath(bytes) ?? longName
    else if (type === 'L') longName = text(bytes, 0, bytes.length)
    else if (type === '0' || type === '\0') {
      const path = longName ?? headerName(header)
      longName = undefined
      if (!isSafe(path))
        return failed(
          'package-unsafe',
          `The archive holds the path ${JSON.stringify(path.slice(0, 100))}, which leads outside its folder.`,
          'Do not use this package.',
        )
      files.push({ path: path.replace(/^\.\//, ''), bytes })
      if (files.length > limits.files) return tooLarge(limits)
    } else if (type === '5' || type === 'g') longName = undefined
    else
      return failed(
        'package-unsafe',
        'The archive holds links or special files; a FHIR package has only plain files.',
        'Do not use this package.',
      )
  }
  return ok(files)
}

function tooLarge(limits: TarLimits): Result<never, TarProblemCode> {
  const sentence = `The package is larger than ${Math.round(limits.size / 1e6)} MB unpacked or has more than ${limits.files} files.`
  return failed('package-too-large', sentence, 'Use a package without examples, or add it as a folder.')
}

function headerName(header: Buffer): string {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : ''
  const name = text(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** No absolute paths, no `..`, no backslashes, drive letters or control characters. */
export function isSafe(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes(':')) return false
  for (let at = 0; at < path.length; at++) if (path.charCodeAt(at) < 32) return false
  return !path.split('/').includes('..')
}

function paxPath(bytes: Buffer): string | undefined {
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at)
    const length = Number(bytes.toString('latin1', at, space < 0 ? at : space))
    if (space < 0 || !Number.isInteger(length) || length <= 0) return undefined
    const record = bytes.toString('utf8', space + 1, at + length - 1)
    if (record.startsWith('path=')) return record.slice(5)
    at += length
  }
  return undefined
}

function checksumHolds(header: Buffer): boolean {
  let sum = 0
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : (header[at] ?? 0)
  return sum === octal(header, 148, 8)
}

function octal(header: Buffer, offset: number, length: number): number | undefined {
  const digits = text(header, offset, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

function text(bytes: Buffer, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? undefined : end)
}
