/** Cohorts of a question, as OHDSI's cohort language defines them. */
import { failed } from '#platform/result/result.ts'
import { compileTogether, type NamedCohort } from '../../cohort/compile.ts'
import { readDefinition } from '../../cohort/read-definition.ts'
import type { CompileCohorts } from './scope.ts'

/** All cohorts of a question as one program: they share concept sets and scans. */
export const compileCirceCohorts: CompileCohorts = (cohorts, tables) => {
  const read: NamedCohort[] = []
  for (const { name, definition } of cohorts) {
    const expression = readDefinition(definition)
    if (!expression.ok) {
      const { code, sentence, next, place } = expression.problem
      return failed(code, sentence, next, place)
    }
    read.push({ name, expression: expression.value })
  }
  return compileTogether(read, tables)
}
