/** What a reader of one format is: it says which files are its own, and turns them into FHIR R5 resources. */

import type { InputFile } from '../input/input.ts'
import type { ImportedResource, StreamedResource } from '../resource.ts'

export const FORMATS = [
  'rf2',
  'loinc',
  'cts',
  'ltr',
  'fhir',
  'list',
  'claml',
  'orphadata',
  'svs',
  'repository',
  'mvc',
  'mtc',
  'csv',
] as const
/**
 * `rf2` SNOMED CT release, `loinc` LOINC release, `cts` pages of the eHDSI Central Terminology Server, `ltr` tables of
 * OpenNCP's local terminology repository, `fhir` resources and packages, `list` designation lists and value sets in
 * JSON, `claml` classifications, `orphadata` Orphanet's XML, `svs` IHE value sets, `repository` OpenNCP's export for
 * display, `mvc` and `mtc` sheets of the eHDSI catalogues, `csv` any table by a mapping.
 */
export type FormatId = (typeof FORMATS)[number]

export interface Sample {
  readonly file: InputFile
  /** The first 8 KiB as text (Latin-1 letters may be wrong: only for recognising). */
  readonly head: string
}

export interface Complaint {
  readonly code: string
  readonly sentence: string
  readonly next: string
  readonly line?: number
  /** Path inside the document, sheet and cell, … */
  readonly path?: string
}

export interface FormatOptions {
  /** How the source is named to readers. */
  readonly source: string
  readonly reviewed: boolean
  /** Language of words whose file does not say it (BCP-47). */
  readonly language?: string
  /** Version of what is read, where the files do not say it. */
  readonly version?: string
  /** A mapping file (format `csv`). */
  readonly mapping?: string
}

export interface ReadContext {
  readonly options: FormatOptions
  /** Canonical URL of a system named by OID, `urn:oid:` or URL. */
  canonical(system: string): string
  /** Name of a system for people, when known. */
  systemName(system: string): string | undefined
  /** Something in a file is wrong; the rest goes on. */
  complain(file: InputFile, complaint: Complaint): void
  /** The file held terminology. */
  used(file: InputFile): void
  /** The file is of a known kind without terminology. */
  passed(file: InputFile): void
}

export interface Format {
  readonly id: FormatId
  /** For people, in a sentence: "a LOINC release". */
  readonly title: string
  /** Files that it reads, grouped by what belongs together. */
  claim(samples: readonly Sample[], options: FormatOptions): readonly (readonly InputFile[])[]
  /** True when `--format` hands all files over as one group. */
  readonly together?: boolean
  /** True when its value sets name codes of systems that nobody publishes as FHIR: fragments of those are made. */
  readonly enumerates?: boolean
  read(files: readonly InputFile[], context: ReadContext): AsyncIterable<ImportedResource | StreamedResource>
}

/** Each matching file on its own. */
export function eachFile(
  samples: readonly Sample[],
  test: (sample: Sample) => boolean,
): readonly (readonly InputFile[])[] {
  return samples.filter(test).map(({ file }) => [file])
}

/** A file whose start is that of JSON. */
export function looksLikeJson(head: string): boolean {
  return /^[\s\uFEFF\u00EF\u00BB\u00BF]*[{[]/.test(head)
}

/** The name of the first element of an XML file, without prefix. */
export function rootElement(head: string): string | undefined {
  const plain = head.replace(/<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?[^>]*>/g, '')
  const found = /^[^<]*<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(plain)
  return found?.[1]
}
