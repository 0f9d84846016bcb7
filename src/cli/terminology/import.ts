/** Imports the operator's terminology and says what came of it. */

import { describeProblem } from '#platform/result/result.ts'
import { importTerminology } from '#terminology/import/import.ts'
import type { ImportCommandOptions } from '../commands/terminology.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'

export async function importFrom(path: string, options: ImportCommandOptions): Promise<number> {
  const { reviewed, source } = options
  const shown = process.stderr.isTTY === true
  const result = await importTerminology(path, {
    home: tesseraHome(),
    ...(reviewed === undefined ? {} : { reviewed }),
    ...(source === undefined ? {} : { source }),
    progress: ({ files, name }) => {
      if (shown) process.stderr.write(`\r\x1b[2K${files} files, ${name.slice(-60)}`)
    },
  })
  if (shown) process.stderr.write('\r\x1b[2K')
  if (!result.ok) {
    console.error(describeProblem(result.problem))
    return EXIT.failed
  }
  const { problems, artifact, ...counts } = result.value
  if (options.json) console.log(JSON.stringify(result.value, null, 2))
  else
    for (const [what, count] of Object.entries({ artifact: artifact.id, ...counts })) console.log(`${what}: ${count}`)
  for (const problem of problems)
    console.error(describeProblem({ ...problem, place: { file: problem.file, ...problem.place } }))
  return problems.length > 0 ? EXIT.failed : EXIT.fine
}
