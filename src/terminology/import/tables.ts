/**
 * Where the concepts of a code system go while an import meets them: into the resource when they are few, into a file of
 * their own (code-systems/table) when they are many. They never all stand in memory as objects.
 */
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nestedElements } from '../code-systems/concept-table.ts'
import { walkConcepts } from '../code-systems/fhir-concepts.ts'
import { type ConceptTableBuilder, conceptTableBuilder } from '../code-systems/table/build.ts'
import { openConceptTable } from '../code-systems/table/read.ts'
import type { JsonObject } from '../load/json.ts'
import type { Removal } from './removal.ts'

/** More concepts than this are kept in a table. */
export const MOST_IN_RESOURCE = 5000

/** The concepts of one resource. */
export interface Collected {
  readonly concepts: number
  /** When they are few. */
  readonly list?: readonly JsonObject[]
  /** When they are many: the name of the file, and what tells it from another. */
  readonly table?: string
  readonly print?: string
}

export interface Collector {
  add(concept: JsonObject): void
  finish(): Collected
}

export interface Tables {
  /** For the concepts of a resource, whose own elements are known. */
  collect(resource: JsonObject): Collector
  drop(table: string): void
  /** Writes a table again without the words. */
  rewrite(table: string, resource: JsonObject, removal: Removal): void
}

export function createTables(folder: string): Tables {
  let count = 0
  return {
    collect(resource) {
      let list: JsonObject[] = []
      let concepts = 0
      let builder: ConceptTableBuilder | undefined
      return {
        add(concept) {
          if (builder) {
            builder.add(concept)
            return
          }
          list.push(concept)
          walkConcepts([concept], () => concepts++)
          if (concepts <= MOST_IN_RESOURCE) return
          builder = conceptTableBuilder(resource)
          for (const each of list) builder.add(each)
          list = []
        },
        finish() {
          if (!builder) return { concepts, list }
          count += 1
          const table = `concepts-${count}.table`
          builder.write(join(folder, table))
          return { concepts: builder.size, table, print: checksum(join(folder, table)) }
        },
      }
    },
    drop: (table) => rmSync(join(folder, table)),
    rewrite(table, resource, removal) {
      const file = join(folder, table)
      const bytes = readFileSync(file)
      const shared = new SharedArrayBuffer(bytes.length)
      new Uint8Array(shared).set(bytes)
      const opened = openConceptTable(shared)
      if (!opened.ok) throw new Error(opened.problem.sentence)
      const builder = conceptTableBuilder(resource)
      for (const concept of nestedElements(opened.value)) builder.add(removal.concept(concept))
      builder.write(`${file}.new`)
      renameSync(`${file}.new`, file)
    },
  }
}

/** From the header of the file (flat/container.ts). */
function checksum(file: string): string {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(32)
    readSync(handle, bytes, 0, bytes.length, 0)
    return bytes.toString('hex', 12)
  } finally {
    closeSync(handle)
  }
}
