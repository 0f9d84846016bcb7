/** The bytes of a national document in the form and for the wire that were asked: transcoded, written, wrapped, or as they are. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { NationalDocument, NationalPatient } from '#national/connector.ts'
import type { Result } from '#platform/result/result.ts'
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import type { Form, RetrieveQuestion } from '../border/border-service.ts'
import type { Desk, DeskAnswer } from './desk.ts'
import { type Original, originalInside, originalOf } from './original.ts'
import { UNREADABLE_DOCUMENT, withheld } from './refusals.ts'

/** How documents become CDA of the pivot; given by the composition root. Needed for the IHE wire only. */
export interface CdaForms {
  /** National CDA → the same CDA with European codes, everything else as it was. `code`: of TM (45xx) when it is withheld. */
  transcodeCda(bytes: Uint8Array): CdaOutcome
  /** The model, in European codes → CDA level 3. */
  writeCda(document: ClinicalDocument): CdaOutcome
  /** A PDF or picture → CDA level 1 around it. */
  wrapOriginal(original: OriginalToWrap): CdaOutcome
  /** A coded report that has no original → a PDF of it: reports travel over IHE as PDF only (eHDSI OrCD). */
  renderPdf?(document: ClinicalDocument): Promise<Uint8Array>
}

export type CdaOutcome =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: string }

export interface OriginalToWrap extends Original {
  readonly document: NationalDocument
  readonly patient: NationalPatient
  /** Of this node. */
  readonly country: string
  readonly homeCommunityId: string
}

export interface Rendering {
  readonly national: NationalDocument
  readonly person: NationalPatient
  readonly form: Form
  readonly as: RetrieveQuestion['as']
  readonly bytes: Uint8Array
}

export interface Rendered {
  readonly mediaType: string
  readonly bytes: Uint8Array
}

type Answer = DeskAnswer<Rendered>

export async function renderDocument(desk: Desk, rendering: Rendering): Promise<Answer> {
  const { form, as, national, bytes } = rendering
  if (form === 'source') return given('text/xml', bytes)
  if (form === 'structured') return as === 'cda' ? pivotCda(desk, rendering) : fhirDocument(desk, bytes)
  const original = isCoded(national) ? await printed(desk, bytes) : originalFor(form, national, bytes)
  if (!original) return UNREADABLE
  return as === 'cda' ? wrapped(desk, rendering, original) : given(original.mediaType, original.bytes)
}

const UNREADABLE: Answer = { ok: false, refusal: UNREADABLE_DOCUMENT }

function given(mediaType: string, bytes: Uint8Array): Answer {
  return { ok: true, value: { mediaType, bytes } }
}

async function fhirDocument(desk: Desk, bytes: Uint8Array): Promise<Answer> {
  const read = await transcoded(desk, bytes)
  return read.ok ? given(FHIR_JSON, new TextEncoder().encode(JSON.stringify(read.value.bundle))) : UNREADABLE
}

async function transcoded(desk: Desk, bytes: Uint8Array): Promise<Result<ClinicalDocument>> {
  const read = await desk.readDocument(bytes)
  return read.ok ? { ok: true, value: desk.transcode(read.value) } : read
}

/** National CDA keeps every byte but its codes; what a country holds as FHIR is written as CDA. */
async function pivotCda(desk: Desk, { national, bytes }: Rendering): Promise<Answer> {
  const { cda } = desk
  if (!cda) return UNREADABLE
  if (national.format !== 'fhir') return outcome(desk, national, cda.transcodeCda(bytes))
  const read = await transcoded(desk, bytes)
  return read.ok ? outcome(desk, national, cda.writeCda(read.value)) : UNREADABLE
}

function wrapped(desk: Desk, { national, person, bytes }: Rendering, original: Original): Answer {
  const { cda, country, homeCommunityId } = desk
  if (!cda) return UNREADABLE
  // Level 1 of the country itself is already what the pivot wants, but for the codes of its header.
  if (national.format === 'cda-l1') return outcome(desk, national, cda.transcodeCda(bytes))
  return outcome(
    desk,
    national,
    cda.wrapOriginal({ ...original, document: national, patient: person, country, homeCommunityId }),
  )
}

function outcome(desk: Desk, { classCode }: NationalDocument, cda: CdaOutcome): Answer {
  if (cda.ok) return given('text/xml', cda.bytes)
  desk.log.warn('document-withheld', { code: cda.code })
  if (!/^45\d\d$/.test(cda.code)) return UNREADABLE
  return { ok: false, refusal: withheld(classCode, cda.code) }
}

function isCoded({ format }: NationalDocument): boolean {
  return format === 'fhir' || format === 'cda-l3'
}

async function printed(desk: Desk, bytes: Uint8Array): Promise<Original | undefined> {
  const read = await desk.readDocument(bytes)
  const pdf = read.ok ? await desk.cda?.renderPdf?.(read.value) : undefined
  return pdf && { mediaType: 'application/pdf', bytes: pdf }
}

/** The PDF or picture itself, or inside CDA of level 1; undefined when it is not what was listed. */
function originalFor(form: Form, { format }: NationalDocument, bytes: Uint8Array): Original | undefined {
  const original = format === 'cda-l1' ? originalInside(bytes) : originalOf(bytes)
  return (original?.mediaType === 'application/pdf') === (form === 'pdf') ? original : undefined
}
