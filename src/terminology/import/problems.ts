/** What could not be used, file by file: all of it counted, a bounded part of it told one by one. */

import type { Complaint } from './formats/format.ts'
import type { FileProblem } from './input/input.ts'

/** More of one kind in one file are only counted: a wrong delimiter spoils every row. */
const TOLD = 20

export interface ProblemList {
  add(file: string, complaint: Complaint): void
  readonly all: () => readonly FileProblem[]
}

export function createProblems(): ProblemList {
  const told: FileProblem[] = []
  const counts = new Map<string, { file: string; code: string; count: number }>()
  return {
    add(file, { code, sentence, next, line, path }) {
      const key = `${code} ${file}`
      const kind = counts.get(key) ?? { file, code, count: 0 }
      counts.set(key, kind)
      kind.count++
      if (kind.count > TOLD) return
      const place = { file, ...(line !== undefined && { line }), ...(path !== undefined && { path }) }
      told.push({ file, code, sentence, next, place })
    },
    all: () => [
      ...told,
      ...[...counts.values()]
        .filter(({ count }) => count > TOLD)
        .map(({ file, code, count }) => ({
          file,
          code,
          sentence: `The file has ${count - TOLD} more problems of this kind.`,
          next: 'Correct those that are named first.',
          place: { file },
        })),
    ],
  }
}
