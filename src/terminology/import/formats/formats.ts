/** All readers, in the order in which they may claim files. */
import type { InputFile } from '../input/input.ts'
import { claml } from './claml/claml.ts'
import { cts } from './cts.ts'
import { fhir } from './fhir.ts'
import type { Format, FormatId, FormatOptions, Sample } from './format.ts'
import { list } from './list.ts'
import { loinc } from './loinc/loinc.ts'
import { ltr } from './ltr.ts'
import { mapped } from './mapped.ts'
import { mtc } from './mtc.ts'
import { mvc } from './mvc.ts'
import { orphadata } from './orphadata.ts'
import { repository } from './repository.ts'
import { svs } from './svs.ts'

export const READERS: readonly Format[] = [
  loinc,
  cts,
  ltr,
  fhir,
  mtc,
  list,
  claml,
  orphadata,
  svs,
  repository,
  mvc,
  mapped,
]

export interface Claim {
  readonly format: Format
  readonly files: readonly InputFile[]
}

/** Which reader reads which files; what nobody claims is in `unclaimed`. */
export function claims(
  samples: readonly Sample[],
  options: FormatOptions,
  wanted?: FormatId,
): { readonly claims: readonly Claim[]; readonly unclaimed: readonly InputFile[] } {
  const chosen = READERS.find(({ id }) => id === wanted)
  if (chosen) {
    const files = samples.map(({ file }) => file)
    const groups = chosen.together ? [files] : files.map((file) => [file])
    return { claims: groups.map((group) => ({ format: chosen, files: group })), unclaimed: [] }
  }
  const found: Claim[] = []
  let left = samples
  for (const format of READERS) {
    const groups = format.claim(left, options)
    const taken = new Set(groups.flat())
    found.push(...groups.map((files) => ({ format, files })))
    left = left.filter(({ file }) => !taken.has(file))
  }
  return { claims: found, unclaimed: left.map(({ file }) => file) }
}
