/** What really happened: the events that country A's folder keeps. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DispensationEvent, DispensingEvent } from '#national/folder/dispensing-file.ts'
import type { PrescribedLine } from './prescribed.ts'

export interface Given {
  /** In the order in which they counted, prescription by prescription. */
  readonly events: readonly DispensingEvent[]
  /** Packages given of a line and not taken back. */
  packagesOf(line: PrescribedLine): number
}

export function givenIn(folder: string): Given {
  const directory = join(folder, 'dispensations')
  const events = foldersIn(directory).flatMap((name) =>
    readdirSync(join(directory, name))
      .filter((file) => /^\d{6}\.json$/.test(file))
      .sort()
      .map((file) => eventIn(join(directory, name, file))),
  )
  const given = new Map<string, number>()
  for (const { items } of counting(events)) {
    for (const { prescribedItem, packages } of items) {
      const line = lineIn(prescribedItem)
      given.set(line, (given.get(line) ?? 0) + packages)
    }
  }
  return { events, packagesOf: ({ prescription, line }) => given.get(`${prescription}.${line + 1}`) ?? 0 }
}

/** Numbered files never change, and they are asked for often. */
const read = new Map<string, DispensingEvent>()

function eventIn(path: string): DispensingEvent {
  const before = read.get(path)
  if (before) return before
  const event = JSON.parse(readFileSync(path, 'utf8')) as DispensingEvent
  read.set(path, event)
  return event
}

function counting(events: readonly DispensingEvent[]): readonly DispensationEvent[] {
  const takenBack = new Set(events.flatMap((event) => (event.kind === 'discard' ? [event.dispensationId] : [])))
  return events.flatMap((event) =>
    event.kind === 'dispensation' && !takenBack.has(event.dispensationId) ? [event] : [],
  )
}

/** `RX-CHAOS-3-1.2` of an identifier, whatever system it is of. */
function lineIn(prescribedItem: string): string {
  return prescribedItem.slice(prescribedItem.lastIndexOf('|') + 1)
}

function foldersIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    // Nothing was dispensed yet.
    return []
  }
}
