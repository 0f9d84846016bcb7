/**
 * `x.about.json`: what a country says about the document `x.*` that the document does not say of itself. For a PDF or
 * picture that stands alone everything; for a prescription whether it may be dispensed abroad.
 */
import { z } from 'zod'
import { type DocumentHeader, documentIdentifier } from './document-header.ts'

export const ABOUT_FILE = /\.about\.json$/i

const Coded = z.object({ code: z.string(), system: z.string(), display: z.string() })

const About = z.strictObject({
  /** `system|value`. */
  patient: z
    .string()
    .regex(/^[^|\s]+\|[^|\s]+$/, 'system|value')
    .optional(),
  classCode: z.string().optional(),
  title: z.string().optional(),
  effectiveTime: z
    .string()
    .regex(/^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?)?$/, 'ISO 8601')
    .optional(),
  author: z.string().optional(),
  authorSpecialty: z.string().optional(),
  language: z.string().optional(),
  confidentiality: z.string().optional(),
  description: z.string().optional(),
  serviceStart: z.string().optional(),
  categories: z.array(Coded).optional(),
  reasonOfHospitalisation: Coded.optional(),
  prescription: z
    .strictObject({
      /** National rules keep it in the country: locked, narcotic, magistral, … */
      crossBorder: z.boolean().optional(),
      cancelled: z.boolean().optional(),
      validUntil: z.iso.date().optional(),
      /** Shown only to who gives this PIN. */
      pin: z.string().min(1).optional(),
      /** Shown only to who names it. */
      byIdentifierOnly: z.boolean().optional(),
    })
    .optional(),
})
export type About = z.infer<typeof About>

/** Undefined when the JSON is not of this kind. */
export function readAbout(value: unknown): About | undefined {
  return About.safeParse(value).data
}

/** The header of a file that says nothing of itself; undefined when the country does not say whose it is and what. */
export function headerFromAbout(
  { patient, classCode, title, effectiveTime, ...about }: About,
  file: string,
  format: DocumentHeader['format'],
): DocumentHeader | undefined {
  if (patient === undefined || classCode === undefined || effectiveTime === undefined) return undefined
  return {
    id: documentIdentifier('file', file),
    patients: [patient],
    classCode,
    title: title ?? '',
    effectiveTime,
    author: about.author ?? '',
    language: about.language ?? 'und',
    format,
    confidentiality: about.confidentiality ?? 'N',
    transforms: [],
  }
}
