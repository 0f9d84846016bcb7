/**
 * What an import makes: an immutable folder of its own under `<home>/terminology/artifacts/<id>/`. A release is an ordered
 * list of such ids, and `<home>/terminology/current.json` names the release that is served: switching it is one rename.
 *
 *   artifact.json        what it is, where it came from, how much is in it (ArtifactManifest)
 *   resources.ndjson     kind `resources`: one FHIR R5 resource a line (CodeSystem, ValueSet, ConceptMap, NamingSystem)
 *   resources.index.json kind `resources`: where each of them stands (ResourceEntry[])
 *   concepts-<n>.table   kind `resources`: concepts of a resource that has many of them (code-systems/table); the resource
 *                        itself is a line of resources.ndjson without `concept`, and its index entry names the table
 *   layer.terms          kind `resources`: the same content compiled for documents (store/format.ts)
 *   edition.snomed       kind `snomed-edition`: flat arrays of one edition and version (snomed/format.ts)
 */

declare const artifactId: unique symbol
/** `<slug>-<first 16 hexadecimal digits of the SHA-256 of its content>`: the same content has the same id. */
export type ArtifactId = string & { readonly [artifactId]: true }

export type ArtifactKind = 'resources' | 'snomed-edition'

export interface ResourceEntry {
  readonly resourceType: 'CodeSystem' | 'ValueSet' | 'ConceptMap' | 'NamingSystem'
  readonly id?: string
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly title?: string
  readonly status?: string
  /** CodeSystem only: `complete`, `supplement`, …, and what a supplement supplements. */
  readonly content?: string
  readonly supplements?: string
  readonly concepts?: number
  /** CodeSystem only: the file of the folder that has its concepts; absent when the resource has them itself. */
  readonly table?: string
  /** Bytes from the start of resources.ndjson, and length without the line feed. */
  readonly offset: number
  readonly length: number
}

export interface ArtifactManifest {
  readonly format: 1
  readonly id: ArtifactId
  readonly kind: ArtifactKind
  readonly title: string
  /** How the source is named to the reader of a term, and whether somebody vouches for it. */
  readonly source: string
  readonly reviewed: boolean
  /** ISO instant. */
  readonly importedAt: string
  readonly importedBy: string
  /** SHA-256 of each file of the folder but this one, hexadecimal. */
  readonly files: Readonly<Record<string, string>>
  readonly counts: Readonly<Record<string, number>>
  /** kind `snomed-edition`: `http://snomed.info/sct/<module>/version/<date>`. */
  readonly edition?: string
}

/** The content of `current.json`. */
export interface ServedRelease {
  readonly format: 1
  /** Number of the release, given once in a home folder; imports without the release centre get one each. */
  readonly release: number
  readonly publishedAt: string
  /** First wins where two say the same thing. */
  readonly artifacts: readonly ArtifactId[]
  /** Which release of this node's release centre it is; absent when the change was made outside the centre. */
  readonly centre?: string
  /** Where it was pulled from, and its number there. */
  readonly pulled?: { readonly from: string; readonly release: number }
}
