/** Which artifacts hold content whose owner licenses it: such content is not given to strangers. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ArtifactId } from '../../artifacts/artifact.ts'
import { artifactFolder, readArtifact } from '../../artifacts/store.ts'

/** Systems whose licence binds who passes them on: SNOMED CT, LOINC, WHO's classifications, ATC, EDQM Standard Terms. */
const LICENSED = [
  'http://snomed.info/sct',
  'http://loinc.org',
  'http://hl7.org/fhir/sid/icd-10',
  'http://id.who.int/icd',
  'http://www.whocc.no/atc',
  'http://standardterms.edqm.eu',
]

const entries = z.array(
  z.looseObject({ resourceType: z.string(), url: z.string(), supplements: z.string().exactOptional() }),
)

/**
 * True for editions of SNOMED CT, and for resources with a code system of the list or words for one. What cannot be read
 * counts as licensed.
 */
export async function isLicensed(home: string, artifact: ArtifactId): Promise<boolean> {
  const manifest = await readArtifact(home, artifact)
  if (!manifest.ok || manifest.value.kind === 'snomed-edition') return true
  if (!('resources.index.json' in manifest.value.files)) return false
  try {
    const file = join(artifactFolder(home, artifact), 'resources.index.json')
    return entries
      .parse(JSON.parse(await readFile(file, 'utf8')))
      .some(
        ({ resourceType, url, supplements }) =>
          resourceType === 'CodeSystem' && (names(url) || (supplements !== undefined && names(supplements))),
      )
  } catch {
    return true
  }
}

function names(url: string): boolean {
  return LICENSED.some(
    (licensed) => url === licensed || (/^[/|-]/.test(url.slice(licensed.length)) && url.startsWith(licensed)),
  )
}
