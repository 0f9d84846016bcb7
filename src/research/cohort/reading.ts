/**
 * Reads members of unknown JSON without ever failing: what is wrong goes to a list with its place, and reading goes on with
 * a default, so that an author learns of everything at once. Keys match whatever their case and underscores, because
 * tools of the field write `CONCEPT_ID`, `conceptId` and `ConceptId`.
 */
import type { Fault, FaultCode } from './faults.ts'

/** A definition is nested this deep at most. The 1,100 published ones stay below 20. */
const MOST_DEPTH = 100
/** Objects of one definition. A concept set of 200,000 items is a mistake or an attack. */
const MOST_OBJECTS = 1_000_000
const MOST_FAULTS = 100

export interface Reading {
  /** The shape is wrong: nothing can be done with the definition. */
  readonly faults: Fault[]
  /** A value is missing: it can be shown, not run. */
  readonly unfinished: Fault[]
  readonly withoutEffect: Fault[]
  readonly unread: string[]
  objects: number
}

/** A value and where it stands. */
export interface Place {
  readonly value: unknown
  readonly path: string
  readonly depth: number
}

/** One object of the JSON, read member by member. NULL counts as absent. */
export interface ObjectReading {
  readonly path: string
  readonly place: (key: string) => Place | undefined
  readonly list: (key: string) => readonly Place[]
  readonly object: (key: string) => ObjectReading | undefined
  readonly text: (key: string) => string | undefined
  readonly number: (key: string) => number | undefined
  readonly integer: (key: string) => number | undefined
  readonly flag: (key: string) => boolean
  /** An explicit NULL, where the language tells it from an absent member. */
  readonly isNull: (key: string) => boolean
  /** Says which members nobody asked for. */
  readonly close: () => void
}

export function startReading(): Reading {
  return { faults: [], unfinished: [], withoutEffect: [], unread: [], objects: 0 }
}

export function fault(reading: Reading, path: string, code: FaultCode, parameters: Fault['parameters'] = {}): void {
  if (reading.faults.length < MOST_FAULTS) reading.faults.push({ code, path, parameters })
}

export function unfinished(
  reading: Reading,
  path: string,
  code: FaultCode,
  parameters: Fault['parameters'] = {},
): void {
  reading.unfinished.push({ code, path, parameters })
}

export function withoutEffect(reading: Reading, path: string, code: FaultCode): void {
  reading.withoutEffect.push({ code, path, parameters: {} })
}

/** Opens the object at a place; a fault and undefined when it is none, or too deep. */
export function openObject(reading: Reading, place: Place): ObjectReading | undefined {
  if (place.depth > MOST_DEPTH) return refuse(reading, place, 'too-deep', { most: MOST_DEPTH })
  if (++reading.objects > MOST_OBJECTS) return refuse(reading, place, 'too-many-objects', { most: MOST_OBJECTS })
  if (typeof place.value !== 'object' || place.value === null || Array.isArray(place.value))
    return refuse(reading, place, 'no-object')
  return objectReading(reading, place, membersOf(place.value))
}

function refuse(reading: Reading, place: Place, code: FaultCode, parameters?: Fault['parameters']): undefined {
  fault(reading, place.path, code, parameters)
  return undefined
}

interface Member {
  readonly key: string
  readonly value: unknown
  read: boolean
}

type Members = ReadonlyMap<string, Member>

/** By their keys, and by their plain keys; of two that are written differently the one written as asked counts. */
function membersOf(value: object): Members {
  const list = Object.entries(value).map(([key, member]): Member => ({ key, value: member, read: false }))
  const plain = [...list].reverse().map((member) => [plainKey(member.key), member] as const)
  return new Map([...plain, ...list.map((member) => [member.key, member] as const)])
}

function plainKey(key: string): string {
  return key.replaceAll('_', '').toLowerCase()
}

function objectReading(reading: Reading, at: Place, members: Members): ObjectReading {
  const find = (key: string) => members.get(key) ?? members.get(plainKey(key))
  const take = (key: string): Place | undefined => {
    const member = find(key)
    if (member === undefined) return undefined
    member.read = true
    if (member.value === null || member.value === undefined) return undefined
    return { value: member.value, path: `${at.path}.${member.key}`, depth: at.depth + 1 }
  }
  const scalar = <T>(key: string, code: FaultCode, read: (value: unknown) => T | undefined): T | undefined => {
    const place = take(key)
    if (place === undefined) return undefined
    const value = read(place.value)
    if (value === undefined) fault(reading, place.path, code)
    return value
  }
  // To the reference implementation an empty text is no number at all.
  const numeric = (key: string, code: FaultCode, read: (value: unknown) => number | undefined) =>
    take(key)?.value === '' ? undefined : scalar(key, code, read)
  return {
    path: at.path,
    place: take,
    list: (key) => readList(reading, take(key)),
    object: (key) => {
      const place = take(key)
      return place && openObject(reading, place)
    },
    text: (key) => scalar(key, 'no-text', readText),
    number: (key) => numeric(key, 'no-number', readNumber),
    integer: (key) => numeric(key, 'no-whole-number', readInteger),
    flag: (key) => scalar(key, 'no-flag', readFlag) ?? false,
    isNull: (key) => find(key)?.value === null,
    close: () => {
      for (const member of new Set(members.values()))
        if (!member.read && reading.unread.length < MOST_FAULTS) reading.unread.push(`${at.path}.${member.key}`)
    },
  }
}

function readList(reading: Reading, place: Place | undefined): readonly Place[] {
  if (place === undefined) return []
  if (!Array.isArray(place.value)) {
    fault(reading, place.path, 'no-list')
    return []
  }
  return place.value.map((value: unknown, index) => ({
    value,
    path: `${place.path}[${index}]`,
    depth: place.depth + 1,
  }))
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}

/** Digits in quotes are a number, as in the reference implementation. */
function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(value)) return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** What comes after the point is cut. */
function readInteger(value: unknown): number | undefined {
  const number = readNumber(value)
  if (number === undefined) return undefined
  const whole = Math.trunc(number)
  return Number.isSafeInteger(whole) ? whole : undefined
}

function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = typeof value === 'string' ? value.toLowerCase() : undefined
  if (text === 'true') return true
  return text === 'false' || text === '' ? false : undefined
}
