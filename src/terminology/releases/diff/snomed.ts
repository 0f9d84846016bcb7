/** SNOMED CT editions of two releases → what differs, by one walk along the concepts of both. */
import type { ArtifactManifest } from '../../artifacts/artifact.ts'
import type { EclSubstrate, Ordinal } from '../../ecl/substrate.ts'
import { type ConceptState, compareConcepts, isUnchanged } from './concepts.ts'
import type { SystemDifference } from './difference.ts'

/** What is asked of an edition; concepts are in ascending order of SCTID. */
export type ComparedEdition = Pick<EclSubstrate, 'conceptCount' | 'sctidOf' | 'isActive' | 'descriptionsOf'>

export type OpenEdition = (artifact: ArtifactManifest) => Promise<ComparedEdition>

const FULLY_SPECIFIED_NAME = '900000000000003001'
const TEXT_DEFINITION = '900000000000550004'

/** Editions are compared by module, the newest version of each side; older ones beside it do not change what is answered. */
export async function compareEditions(
  before: readonly ArtifactManifest[],
  after: readonly ArtifactManifest[],
  open: OpenEdition,
  limit: number,
): Promise<readonly SystemDifference[]> {
  const olds = newestByModule(before)
  const nows = newestByModule(after)
  const differences: SystemDifference[] = []
  for (const url of [...new Set([...olds.keys(), ...nows.keys()])].sort()) {
    const [old, now] = [olds.get(url), nows.get(url)]
    if (old?.manifest.id === now?.manifest.id) continue
    const concepts = compareConcepts(
      old ? statesOf(await open(old.manifest)) : [],
      now ? statesOf(await open(now.manifest)) : [],
      limit,
    )
    if (old?.version === now?.version && isUnchanged(concepts)) continue
    differences.push({
      url,
      kind: !old ? 'added' : !now ? 'removed' : 'changed',
      ...(old ? { before: old.version } : {}),
      ...(now ? { after: now.version } : {}),
      concepts,
    })
  }
  return differences
}

interface Version {
  readonly manifest: ArtifactManifest
  readonly version: string
}

/** `http://snomed.info/sct/<module>/version/<date>`, SNOMED CT URI Standard §2.2. */
function newestByModule(artifacts: readonly ArtifactManifest[]): ReadonlyMap<string, Version> {
  const found = new Map<string, Version>()
  for (const manifest of artifacts) {
    const [, url, version] = /^(.*)\/version\/(.*)$/.exec(manifest.edition ?? '') ?? []
    if (manifest.kind !== 'snomed-edition' || url === undefined || version === undefined) continue
    const known = found.get(url)
    if (!known || known.version < version) found.set(url, { manifest, version })
  }
  return found
}

function* statesOf(edition: ComparedEdition): Generator<ConceptState> {
  for (let concept = 0; concept < edition.conceptCount; concept += 1) yield stateOf(edition, concept)
}

function stateOf(edition: ComparedEdition, concept: Ordinal): ConceptState {
  const words = new Map<string, string[]>()
  let display: string | undefined
  for (const { active, term, language, type, acceptability } of edition.descriptionsOf(concept)) {
    if (!active || type === TEXT_DEFINITION) continue
    if (type === FULLY_SPECIFIED_NAME && (display === undefined || language === 'en')) display = term
    const preferred = type !== FULLY_SPECIFIED_NAME && [...acceptability.values()].includes('preferred')
    const known = words.get(language) ?? []
    words.set(language, known)
    known.push(preferred ? `${term} (preferred)` : term)
  }
  for (const terms of words.values()) terms.sort()
  return {
    code: edition.sctidOf(concept),
    ...(display === undefined ? {} : { display }),
    active: edition.isActive(concept),
    words,
  }
}
