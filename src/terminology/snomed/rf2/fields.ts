/** Fields of a row as values. Each `undefined` or -1 is a fault that the caller reports with the column's name. */
import type { Row } from './rows.ts'

/** YYYYMMDD as a number; -1 when it is no day of the calendar. */
export function dateField(row: Row, column: number): number {
  const { bytes } = row
  const start = row.starts[column] as number
  if ((row.ends[column] as number) - start !== 8) return -1
  let date = 0
  for (let index = start; index < start + 8; index += 1) {
    const digit = (bytes[index] as number) - 48
    if (digit < 0 || digit > 9) return -1
    date = date * 10 + digit
  }
  return isDate(date) ? date : -1
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export function isDate(date: number): boolean {
  const year = Math.floor(date / 10000)
  const month = Math.floor(date / 100) % 100
  const day = date % 100
  if (year < 1900 || month < 1 || month > 12 || day < 1) return false
  const leap = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0)
  return day <= (DAYS[month - 1] as number) + (leap ? 1 : 0)
}

/** 1, 0, or -1 for anything else. */
export function booleanField(row: Row, column: number): number {
  const start = row.starts[column] as number
  if ((row.ends[column] as number) - start !== 1) return -1
  const digit = (row.bytes[start] as number) - 48
  return digit === 0 || digit === 1 ? digit : -1
}

/** A non-negative or negative decimal integer of at most 9 digits; undefined for anything else. */
export function integerField(row: Row, column: number): number | undefined {
  const end = row.ends[column] as number
  let start = row.starts[column] as number
  const negative = row.bytes[start] === 45
  if (negative) start += 1
  if (end === start || end - start > 9) return undefined
  let value = 0
  for (let index = start; index < end; index += 1) {
    const digit = (row.bytes[index] as number) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return negative ? -value : value
}

export function textField(row: Row, column: number): string {
  const start = row.starts[column] as number
  return Buffer.from(row.bytes.buffer, row.bytes.byteOffset + start, (row.ends[column] as number) - start).toString(
    'utf8',
  )
}

/** The four words of a UUID; false when it is none. */
export function uuidField(row: Row, column: number, words: Uint32Array): boolean {
  const { bytes } = row
  const start = row.starts[column] as number
  if ((row.ends[column] as number) - start !== 36) return false
  let word = 0
  let digits = 0
  for (let index = 0; index < 36; index += 1) {
    const byte = bytes[start + index] as number
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (byte !== 45) return false
      continue
    }
    const digit = HEXADECIMAL[byte] as number
    if (digit === 255) return false
    word = (word << 4) | digit
    digits += 1
    if (digits % 8 === 0) words[digits / 8 - 1] = word
  }
  return true
}

const HEXADECIMAL = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16)
  return Number.isNaN(digit) ? 255 : digit
})

export function formatUuid(a: number, b: number, c: number, d: number): string {
  const text = [a, b, c, d].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`
}
