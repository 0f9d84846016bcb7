/**
 * The one table of eHDSI errors for both wires (data/errors/ehdsi-errors.json): what a code means, how it is spelt on the
 * IHE wire, and how the spellings of others are read.
 */
import { z } from 'zod'
import table from '../../../data/errors/ehdsi-errors.json' with { type: 'json' }
import type { RefusalStatus } from '../fhir/outcome.ts'
import type { IheError, IheProfile } from '../ihe/exchange.ts'
import { EHDSI_CODES, type EhdsiCode } from './codes.ts'

export { EHDSI_CODES, type EhdsiCode } from './codes.ts'

const GROUPS = ['GENERIC', 'HPI', 'PI', 'PS', 'EP', 'ED', 'ORCD', 'MRO', 'HQI', 'SEC', 'UI'] as const

/** What a code is about; codes of a group share a last-resort text (that of `ERROR_EP_GENERIC`). */
export type EhdsiGroup = (typeof GROUPS)[number]

const STATUSES = [400, 401, 403, 404, 405, 406, 410, 413, 429, 500, 503] as const satisfies readonly RefusalStatus[]

/** OperationOutcome issue types (FHIR R4, required binding) that the table uses. */
const ISSUES = [
  'business-rule',
  'code-invalid',
  'exception',
  'forbidden',
  'incomplete',
  'informational',
  'login',
  'multiple-matches',
  'no-store',
  'not-found',
  'not-supported',
  'processing',
  'required',
  'security',
  'structure',
  'suppressed',
  'throttled',
  'timeout',
  'transient',
  'value',
] as const

export interface EhdsiError {
  readonly code: EhdsiCode
  readonly group: EhdsiGroup
  /** As the IHE wire sends it: that nothing was found is a warning there, whatever its name says. */
  readonly severity: 'error' | 'warning'
  /** One sentence for people, in English. */
  readonly meaning: string
  readonly next: string
  /** On the FHIR wire. */
  readonly status: RefusalStatus
  readonly issue: (typeof ISSUES)[number]
  /** How the reference implementation spells it, when otherwise. */
  readonly wire?: string
  /** The numbers that it had, or still has in older versions. One number can stand for several codes: the group tells. */
  readonly numbers?: readonly string[]
  /** Ours, not in the list of eHDSI; sent as `sentAs`. */
  readonly own?: boolean
  readonly sentAs?: EhdsiCode
  /** What a professional is told instead: that a patient restricts access is nobody's business (EHDS Art. 8). */
  readonly shownAs?: EhdsiCode
  /** Another code whose words for professionals fit this one, where this one has none. */
  readonly like?: EhdsiCode
}

/** A code of IHE, or a reason of XCPD with its code system, and the eHDSI code that says the same. */
export interface ForeignReason {
  readonly code: string
  readonly ehdsi: EhdsiCode
  readonly meaning: string
  readonly system?: string
}

const CODE = z.enum(EHDSI_CODES)
const FOREIGN = z.object({ code: z.string(), ehdsi: CODE, meaning: z.string(), system: z.string().optional() })
const TABLE = z.object({
  codes: z.array(
    z.strictObject({
      code: CODE,
      group: z.enum(GROUPS),
      severity: z.enum(['error', 'warning']),
      meaning: z.string(),
      next: z.string(),
      status: z.literal(STATUSES),
      issue: z.enum(ISSUES),
      wire: z.string().optional(),
      numbers: z.array(z.string()).optional(),
      own: z.boolean().optional(),
      sentAs: CODE.optional(),
      shownAs: CODE.optional(),
      like: CODE.optional(),
    }),
  ),
  ihe: z.array(FOREIGN),
  xcpdReasons: z.array(FOREIGN),
})

const { codes, ihe, xcpdReasons } = TABLE.parse(table)
const BY_CODE: ReadonlyMap<EhdsiCode, EhdsiError> = new Map(codes.map((entry) => [entry.code, entry]))
const BY_SPELLING: ReadonlyMap<string, EhdsiCode> = new Map(
  codes.flatMap(({ code, wire }) => [[code, code] as const, ...(wire === undefined ? [] : [[wire, code] as const])]),
)

/** Error codes of XDS and XCA (IHE ITI TF-3 4.2.4). */
export const IHE_CODES: readonly ForeignReason[] = ihe
/** Reasons of an XCPD answer, in the code systems of IHE and of eHDSI. */
export const XCPD_REASONS: readonly ForeignReason[] = xcpdReasons

/** What the table says of a code. */
export function ehdsiError(code: EhdsiCode): EhdsiError {
  const found = BY_CODE.get(code)
  if (found === undefined) throw new Error(`data/errors/ehdsi-errors.json lacks ${code}`)
  return found
}

export function isEhdsiCode(text: string): text is EhdsiCode {
  return BY_CODE.has(text as EhdsiCode)
}

/** How a code is spelt on the wire to a peer. */
export function wireCode(code: EhdsiCode, profile: IheProfile): string {
  const { sentAs, wire } = ehdsiError(code)
  if (sentAs !== undefined) return wireCode(sentAs, profile)
  return profile === 'openncp' ? (wire ?? code) : code
}

/**
 * The code that a peer means: an `errorCode`, or words that hold one (`ERROR_PS_NOT_FOUND : nothing there`,
 * `XDSMissingDocument`, `4701`). A number may mean several codes; the group of the service decides.
 */
export function readWireCode(text: string, group?: EhdsiGroup): EhdsiCode | undefined {
  const words = text.slice(0, LONGEST_CONTEXT).split(/[^\w-]+/)
  for (const word of words) {
    const named = BY_SPELLING.get(word) ?? BY_SPELLING.get(word.replace(/^EHDSI_/, ''))
    if (named !== undefined && !/^\d+$/.test(word)) return named
  }
  // Only at the beginning is a number a code; later it may be anything.
  const first = words.find((word) => word !== '') ?? ''
  return fromNumber(first, group) ?? IHE_CODES.find(({ code }) => words.includes(code))?.ehdsi
}

/** The code that an error of an IHE answer means: those of IHE say less than the words beside them. */
export function readIheError(
  { code, text }: Pick<IheError, 'code' | 'text'>,
  group?: EhdsiGroup,
): EhdsiCode | undefined {
  const ofIhe = IHE_CODES.some((one) => one.code === code.trim())
  const [first, second] = ofIhe ? [text, code] : [code, text]
  return readWireCode(first, group) ?? readWireCode(second, group)
}

const LONGEST_CONTEXT = 2000

function fromNumber(number: string, group: EhdsiGroup | undefined): EhdsiCode | undefined {
  if (!/^\d{4}$/.test(number)) return undefined
  const twins = codes.filter(({ numbers }) => numbers?.includes(number))
  const twin = twins.find((entry) => entry.group === group) ?? twins[0]
  if (twin !== undefined) return twin.code
  return BY_SPELLING.get(number) ?? (number.startsWith('45') ? missingMapping(group) : undefined)
}

/** Errors 45xx of transcoding say that a required code has no European one (documents/transcode has their meanings). */
export function missingMapping(group: EhdsiGroup | undefined): EhdsiCode {
  if (group === 'PS') return 'ERROR_PS_MISSING_EXPECTED_MAPPING'
  if (group === 'EP') return 'ERROR_EP_MISSING_EXPECTED_MAPPING'
  if (group === 'ED') return 'ERROR_ED_MISSING_EXPECTED_MAPPING'
  return '4203'
}

/** Codes under whose words a professional may be told of this one, best first; `ERROR_GENERIC` is the last. */
export function tellings(code: EhdsiCode): readonly EhdsiCode[] {
  const { group, like } = ehdsiError(code)
  const wider = [like, `ERROR_${group}_GENERIC`, 'ERROR_GENERIC'].filter((one) => one !== undefined && isEhdsiCode(one))
  return [...new Set([code, ...wider])]
}
