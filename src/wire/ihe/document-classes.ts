/** The classes of documents that MyHealth@EU exchanges, with their codes on the IHE wire (data/documents/document-classes.json). */
import { z } from 'zod'
import table from '../../../data/documents/document-classes.json' with { type: 'json' }
import { SERVICES } from '../discovery/directory.ts'
import type { EhdsiGroup } from '../errors/ehdsi-errors.ts'

const FORMAT = z.object({ code: z.string(), scheme: z.string(), display: z.string() })
const GROUPS = ['PS', 'EP', 'ED', 'ORCD', 'MRO', 'GENERIC'] as const satisfies readonly EhdsiGroup[]

const TABLE = z.object({
  codeSystem: z.string(),
  classes: z.array(
    z.strictObject({
      code: z.string(),
      /** Which error codes speak of it. */
      group: z.enum(GROUPS),
      /** Absent for classes that eHDSI no longer exchanges. */
      service: z.enum(SERVICES).optional(),
      display: z.string(),
      /** Level 3: coded. */
      structured: FORMAT.optional(),
      /** Level 1: the original, wrapped in CDA. */
      pdf: FORMAT.optional(),
      png: FORMAT.optional(),
      jpeg: FORMAT.optional(),
      /** Template of the CDA header. */
      template: z.string().optional(),
      pdfTemplate: z.string().optional(),
    }),
  ),
})

const { codeSystem, classes } = TABLE.parse(table)

export type DocumentClass = (typeof classes)[number]
export type DocumentFormat = z.infer<typeof FORMAT>
/** How the content of a document is given: coded, or as a picture of the original. */
export type Rendition = 'structured' | 'pdf' | 'png' | 'jpeg'

export const DOCUMENT_CLASSES: readonly DocumentClass[] = classes
/** Code system (bare OID) of the class codes; eHDSI files its own ones under LOINC, too. */
export const CLASS_CODE_SYSTEM = codeSystem

const RENDITIONS = ['structured', 'pdf', 'png', 'jpeg'] as const

export function documentClass(code: string): DocumentClass | undefined {
  return classes.find((one) => one.code === code)
}

/** The group of errors that speak of a class. */
export function groupOf(classCode: string | undefined): EhdsiGroup {
  return (classCode === undefined ? undefined : documentClass(classCode)?.group) ?? 'GENERIC'
}

/** Coding scheme and display of a format code, of whatever class. */
export function documentFormat(code: string): DocumentFormat | undefined {
  return classes.flatMap((one) => RENDITIONS.map((rendition) => one[rendition])).find((format) => format?.code === code)
}

/** What a format code says about the content; senders differ in upper and lower case (`epSOS`, `epsos`). */
export function renditionOf(formatCode: string): Rendition | undefined {
  const wanted = formatCode.toLowerCase()
  return RENDITIONS.find((rendition) => classes.some((one) => one[rendition]?.code.toLowerCase() === wanted))
}
