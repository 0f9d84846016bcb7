/** Shows the served release and what it consists of. */
import { describeProblem, type Problem } from '#platform/result/result.ts'
import type { ArtifactManifest } from '#terminology/artifacts/artifact.ts'
import { readArtifact, readServed } from '#terminology/artifacts/store.ts'

import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'
import type { ListCommandOptions } from './list-command.ts'

export async function list(options: ListCommandOptions): Promise<number> {
  const home = options.home ?? tesseraHome()
  const served = await readServed(home)
  if (!served.ok) return tell(served.problem)
  const artifacts: ArtifactManifest[] = []
  for (const id of served.value?.artifacts ?? []) {
    const manifest = await readArtifact(home, id)
    if (!manifest.ok) return tell(manifest.problem)
    artifacts.push(manifest.value)
  }
  if (options.json) {
    const { release = null, publishedAt = null } = served.value ?? {}
    console.log(JSON.stringify({ release, publishedAt, artifacts }, null, 2))
    return EXIT.fine
  }
  if (!served.value) {
    console.log('Nothing is imported: what ships with Tessera is served.')
    return EXIT.fine
  }
  console.log(`Release ${served.value.release}, published ${served.value.publishedAt}`)
  for (const artifact of artifacts) console.log(`\n${describe(artifact)}`)
  return EXIT.fine
}

function describe({ title, id, kind, edition, source, importedAt, counts }: ArtifactManifest): string {
  const what = kind === 'snomed-edition' ? `SNOMED CT, ${edition ?? 'edition not stated'}` : source
  const numbers = Object.entries(counts).map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
  return [title, `  ${what}`, `  ${numbers.join(', ')}`, `  imported ${importedAt}, ${id}`].join('\n')
}

function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}
