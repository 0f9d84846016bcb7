/**
 * One coded value → what shall stand there, and what must be said about it. Knows nothing of CDA or FHIR: both forms of
 * documents ask here, so that both get the same answers.
 *
 * Transcode: national code → European code with its designation in the pivot language. Translate: the designation in the
 * reader's language; code and system stay.
 */
import type {
  Coded,
  Concept,
  Designation,
  LanguageTag,
  Mapped,
  Membership,
  Terminology,
} from '#terminology/terminology.ts'
import { createEuropeanSystems } from './european-systems.ts'
import { type Family, type Finding, finding, type Severity } from './findings.ts'
import { type UnmappedReason, usableTargets } from './targets.ts'
import { membershipOf } from './value-set.ts'

export type Direction = 'transcode' | 'translate'

/** English as the MyHealth@EU value sets write it. */
export const PIVOT_LANGUAGE: LanguageTag = 'en-GB'

export interface ConversionOptions {
  readonly direction: Direction
  /** Translate: the reader's languages in order of wish. English is used only when it is among them. */
  readonly languages: readonly LanguageTag[]
  /** The day on which mappings must be valid, `YYYY-MM-DD`; default: today. */
  readonly at?: string
}

export interface CodedValue extends Coded {
  readonly version?: string
}

export type Outcome =
  /** A European code stands there already. */
  | 'pivot'
  /** A national code got a European one, which says the same or (`widened`) less. */
  | 'mapped'
  | 'widened'
  /** A national code without a target that may be used: it stays, and is not European. */
  | 'unmapped'
  /** There is a designation in a wished language. */
  | 'translated'
  /** The concept is known, but has no designation in a wished language. */
  | 'untranslated'
  /** The code, or its system, is not known here. */
  | 'unknown'

export interface Conversion {
  readonly outcome: Outcome
  /** What shall stand there: canonical system; the source itself unless it was mapped. */
  readonly target: Coded
  readonly designation?: Designation
  /** Words without a language of their own: what the map or the code system calls the target. */
  readonly display?: string
  /** By what the code was mapped. */
  readonly mapping?: Mapped
  /** Further targets that say the same. */
  readonly further: readonly Mapped[]
  readonly reason?: UnmappedReason
  /** Of the target, in the value sets of the element. */
  readonly membership: Membership
  /** The target's system is one that every member state reads, or the code is in the value set. */
  readonly european: boolean
  /** Without place: the caller knows where. */
  readonly findings: readonly Finding[]
}

export interface Converter {
  readonly options: ConversionOptions
  /** @param languages only where the list of coded elements fixes the language of an element */
  convert(value: CodedValue, valueSets: readonly string[], languages?: readonly LanguageTag[]): Conversion
}

/** Bounds the memory; documents name any number of codes. */
const MAX_KNOWN = 20_000

/** Answers are remembered: a code that stands in a document a hundred times is looked up once. */
export function createConverter(terminology: Terminology, options: ConversionOptions): Converter {
  const known = new Map<string, Conversion>()
  const systems = createEuropeanSystems(terminology)
  return {
    options,
    convert(value, valueSets, languages = options.languages) {
      const key = [value.system, value.code, value.version ?? '', ...valueSets, ...languages].join('\u0000')
      let conversion = known.get(key)
      if (!conversion) {
        if (known.size >= MAX_KNOWN) known.clear()
        conversion = convertOne(value, valueSets, languages, { terminology, systems, options })
        known.set(key, conversion)
      }
      return conversion
    },
  }
}

interface Asking {
  readonly terminology: Terminology
  readonly systems: ReturnType<typeof createEuropeanSystems>
  readonly options: ConversionOptions
}

function convertOne(
  value: CodedValue,
  valueSets: readonly string[],
  languages: readonly LanguageTag[],
  asking: Asking,
): Conversion {
  const { terminology, systems, options } = asking
  const system = terminology.canonicalSystem(value.system)
  const concept = terminology.concept(system, value.code, value.version)
  const source: Coded = { system, code: options.direction === 'transcode' ? (concept?.code ?? value.code) : value.code }
  const membership = membershipOf(terminology, valueSets, source)
  const seen: Seen = {
    source,
    ...(concept && { concept }),
    membership,
    european: membership === 'member' || systems.isEuropean(system),
    findings: versionFindings(value, concept, terminology),
  }
  return options.direction === 'transcode'
    ? transcodeOne(seen, valueSets, asking)
    : translateOne(seen, languages, terminology)
}

interface Seen {
  readonly source: Coded
  readonly concept?: Concept
  readonly membership: Membership
  readonly european: boolean
  readonly findings: readonly Finding[]
}

function transcodeOne(seen: Seen, valueSets: readonly string[], asking: Asking): Conversion {
  const { terminology, systems, options } = asking
  const { source, european, membership } = seen
  // A European code that is not in the value set may still have a mapping to one that is.
  const targets =
    european && membership !== 'not-member'
      ? []
      : usableTargets(source, { terminology, systems, valueSets, ...(options.at !== undefined && { at: options.at }) })
  if (typeof targets !== 'string' && targets[0] !== undefined) {
    const [mapping, ...further] = targets
    const inside = membershipOf(terminology, valueSets, mapping.target)
    if (!european || inside === 'member') return mapped(mapping, further, inside, seen, terminology)
  }
  if (!european) {
    const reason = typeof targets === 'string' ? targets : 'no-map'
    return {
      outcome: 'unmapped',
      target: source,
      further: [],
      reason,
      membership,
      european: false,
      findings: [
        ...seen.findings,
        note('TESSERA', 'national-code', 'warning'),
        note('TSAM', reason === 'no-map' ? '4504' : '4509', 'warning'),
      ],
    }
  }
  const designation = terminology.designation(source.system, source.code, [PIVOT_LANGUAGE])
  const unnamed = designation === undefined && seen.concept?.display === undefined
  return {
    outcome: seen.concept === undefined ? 'unknown' : 'pivot',
    target: source,
    ...(designation && { designation }),
    further: [],
    membership,
    european: true,
    findings: [
      ...seen.findings,
      ...conceptFindings(seen, terminology),
      ...(seen.concept !== undefined && unnamed ? [note('TSAM', '4505', 'warning')] : []),
      ...(membership === 'not-member' ? [note('TSAM', '2507', 'warning')] : []),
    ],
  }
}

function mapped(
  mapping: Mapped,
  further: readonly Mapped[],
  membership: Membership,
  seen: Seen,
  terminology: Terminology,
): Conversion {
  const { target, relationship, products } = mapping
  const designation = terminology.designation(target.system, target.code, [PIVOT_LANGUAGE])
  const display = target.display ?? terminology.concept(target.system, target.code)?.display
  const widened = relationship === 'wider'
  return {
    outcome: widened ? 'widened' : 'mapped',
    target: { system: target.system, code: target.code },
    ...(designation && { designation }),
    ...(display !== undefined && { display }),
    mapping,
    further,
    membership,
    european: true,
    findings: [
      ...seen.findings,
      ...(widened ? [note('TESSERA', 'target-wider', 'warning')] : []),
      ...(further.length > 0 ? [note('TESSERA', 'several-targets', 'warning')] : []),
      ...(products !== undefined ? [note('TESSERA', 'target-needs-product', 'warning')] : []),
      ...(designation === undefined && display === undefined ? [note('TSAM', '4505', 'warning')] : []),
      ...(membership === 'not-member' ? [note('TSAM', '2507', 'warning')] : []),
    ],
  }
}

function translateOne(seen: Seen, languages: readonly LanguageTag[], terminology: Terminology): Conversion {
  const { source, concept, membership, european } = seen
  const designation = terminology.designation(source.system, source.code, languages)
  const known = concept !== undefined || designation !== undefined
  return {
    outcome: designation ? 'translated' : known ? 'untranslated' : 'unknown',
    target: source,
    ...(designation && { designation }),
    further: [],
    membership,
    european,
    findings: [
      ...seen.findings,
      ...(european ? [] : [note('TESSERA', 'national-code', 'warning')]),
      ...(designation ? inactive(concept) : conceptFindings(seen, terminology)),
      ...(known && !designation ? [note('TSAM', '4505', 'warning')] : []),
      ...(membership === 'not-member' ? [note('TSAM', '2507', 'warning')] : []),
    ],
  }
}

function conceptFindings({ source, concept }: Seen, terminology: Terminology): readonly Finding[] {
  if (concept) return inactive(concept)
  return [note('TSAM', terminology.systemName(source.system) === undefined ? '4501' : '4503', 'warning')]
}

function inactive(concept: Concept | undefined): readonly Finding[] {
  return concept && !concept.active ? [note('TSAM', '2509', 'warning')] : []
}

/** Only where several versions of the system are loaded is there anything to say. */
function versionFindings(
  value: CodedValue,
  concept: Concept | undefined,
  terminology: Terminology,
): readonly Finding[] {
  if (value.version === undefined) return concept?.ambiguous ? [note('TESSERA', 'version-ambiguous', 'warning')] : []
  if (concept === undefined) {
    // Undefined with the version, known without it: the version does not have the code.
    return terminology.concept(value.system, value.code) ? [note('TSAM', '4502', 'warning')] : []
  }
  return concept.versions.length > 0 && concept.version === undefined ? [note('TSAM', '4502', 'warning')] : []
}

function note(family: Family, code: string, severity: Severity): Finding {
  return finding(family, code, severity)
}
