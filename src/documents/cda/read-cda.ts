/** CDA R2 documents → FHIR R4 document bundles of the European patient summary. The public door of this folder. */
import type { Bundle, Composition, Identifier } from 'fhir/r4'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlDocument, XmlElement, XmlLimits } from '#platform/xml/tree.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { accountOfCda } from '../account/cda.ts'
import type { ClinicalDocument, DocumentKind } from '../model/clinical-document.ts'
import { PATIENT_SUMMARY } from '../model/clinical-document.ts'
import { missingSections, readBody } from './body.ts'
import { mayClaimSummary } from './conformance.ts'
import { codeOf } from './datatypes/code.ts'
import { identifier } from './datatypes/identity.ts'
import { moment } from './datatypes/time.ts'
import { readHeader, timestampOf } from './header/composition.ts'
import { countryOf } from './header/country.ts'
import { readPatient } from './header/patient.ts'
import { first, type Located, rootOf } from './located.ts'
import { claimMpd } from './mpd-claims.ts'
import { narrativesOf } from './narrative-index.ts'
import type { CdaProblemCode } from './problem.ts'
import { prune } from './prune.ts'
import { addResource, type HeaderFacts, type Reading, referenceTo } from './reading.ts'
import { EPS, FULFILS_EXTENSION, SOURCE_VALUE_EXTENSION } from './tables/urls.ts'
import { whatIsIt } from './what-is-it.ts'

export const HL7_V3 = 'urn:hl7-org:v3'

/** LOINC document types that are patient summaries. */
const SUMMARIES = new Set([PATIENT_SUMMARY, '34133-9'])
/** Templates of patient summaries, for documents whose type code is national (eHDSI, IPS, ANS VSM). */
const SUMMARY_TEMPLATES = new Set([
  '1.3.6.1.4.1.12559.11.10.1.3.1.1.3',
  '1.3.6.1.4.1.12559.11.10.1.3.1.1.7',
  '2.16.840.1.113883.10.22.1.1',
  '1.2.250.1.213.1.1.1.13',
  '1.2.250.1.213.1.1.1.51',
])

export interface CdaOptions {
  readonly file?: string
  readonly terminology: Terminology
  readonly limits?: Partial<XmlLimits>
}

/**
 * Reads a CDA R2 document of any kind: patient summaries into the European profiles, others as far as their header,
 * narrative and entries allow. The account says what of the source the result does not hold.
 */
export function readCda(bytes: Uint8Array, options: CdaOptions): Result<ClinicalDocument, CdaProblemCode> {
  const parsed = parseXml(bytes, options)
  return parsed.ok ? readCdaTree(parsed.value, options) : parsed
}

/** The same for a document that is parsed already. */
export function readCdaTree(document: XmlDocument, options: CdaOptions): Result<ClinicalDocument, CdaProblemCode> {
  const root = clinicalDocumentIn(document.root)
  const place = { ...(options.file === undefined ? {} : { file: options.file }), line: root.line, column: 1 }
  if (root.name !== 'ClinicalDocument' || root.namespace !== HL7_V3) {
    return failed(
      'cda-not-cda',
      `This is no clinical document but ${whatIsIt(root)}.`,
      'Send a CDA R2 or FHIR document.',
      place,
    )
  }
  const lacks = missingParts(root)
  if (lacks !== undefined) {
    return failed(
      'cda-incomplete',
      `The clinical document has no ${lacks}.`,
      'Ask the sender for the complete document.',
      place,
    )
  }
  return ok(readDocument(rootOf(root), options))
}

/** French documents that show themselves are a stylesheet with the document inside (ANS CI-SIS, "auto-présentable"). */
function clinicalDocumentIn(root: XmlElement): XmlElement {
  if (root.name === 'ClinicalDocument') return root
  const inside = (element: XmlElement): XmlElement | undefined => child(element, 'ClinicalDocument', HL7_V3)
  return (
    inside(root) ??
    elements(root)
      .map(inside)
      .find((found) => found !== undefined) ??
    root
  )
}

/** Without a patient or a body there is nothing to show to anybody. */
function missingParts(root: XmlElement): string | undefined {
  if (child(child(root, 'recordTarget'), 'patientRole') === undefined) return 'patient (recordTarget/patientRole)'
  const body = child(root, 'component')
  if (child(body, 'structuredBody') === undefined && child(body, 'nonXMLBody') === undefined) {
    return 'body (component/structuredBody or component/nonXMLBody)'
  }
  return undefined
}

function readDocument(root: Located, options: CdaOptions): ClinicalDocument {
  const reading = startReading(root, options)
  const { composition, trace } = readHeader(root, reading)
  readPatient(root, reading)
  const body = readBody(root, { ...reading, header: headerFacts(root, composition) })
  claimMpd(reading.entries)
  const kind = kindOf(root.element)
  const profiled = kind === 'patient-summary' && body.level === 3
  const sections = profiled ? [...body.sections, ...missingSections(body.sections, reading)] : body.sections
  const claimed = profiled && mayClaimSummary(sections, reading.entries)
  const whole: Composition = {
    ...composition,
    section: sections,
    ...(claimed ? { meta: { profile: [`${EPS}composition-eu-eps`] } } : {}),
  }
  const fullUrl = addResource(reading, whole, trace)
  const bundle = bundleOf(root, reading, fullUrl, claimed)
  const account = accountOfCda(root.element, bundle, options.terminology, reading.narratives)
  const country = countryOf(root)
  return {
    bundle,
    kind,
    origin: {
      format: 'cda',
      level: body.level,
      language: reading.language ?? 'und',
      ...(country === undefined ? {} : { country }),
    },
    account,
  }
}

/** What the prescriptions and dispensations of the body take from the header. */
function headerFacts(root: Located, composition: Composition): HeaderFacts {
  const author = composition.author[0]?.reference
  // eHDSI: a prescription is issued when its author writes it; the document may be made later.
  const date = moment(first(root, 'author', 'time')?.element)?.value ?? composition.date
  const fulfils = composition.extension?.find(({ url }) => url === FULFILS_EXTENSION)?.valueIdentifier
  return {
    ...(author === undefined ? {} : { author }),
    ...(date ? { date } : {}),
    ...(fulfils === undefined ? {} : { fulfils }),
  }
}

function startReading(root: Located, { terminology }: CdaOptions): Reading {
  const id = child(root.element, 'id')
  const language = codeOf(child(root.element, 'languageCode'))
  const seed = `${attribute(id, 'root') ?? ''}^${attribute(id, 'extension') ?? ''}`
  const reading: Reading = {
    terminology,
    narratives: narrativesOf(root.element),
    entries: [],
    seed,
    language: language !== undefined && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language) ? language : undefined,
    systems: new Map(),
    patient: '',
  }
  const target = first(root, 'recordTarget')?.path ?? `${root.path}/recordTarget`
  return { ...reading, patient: referenceTo(reading, 'Patient', target) }
}

function kindOf(root: XmlElement): DocumentKind {
  const code = codeOf(child(root, 'code'))
  if (code !== undefined && SUMMARIES.has(code)) return 'patient-summary'
  const templates = root.children.flatMap((node) =>
    typeof node !== 'string' && node.name === 'templateId' ? [attribute(node, 'root') ?? ''] : [],
  )
  return code !== undefined && templates.some((template) => SUMMARY_TEMPLATES.has(template)) && code === 'SYNTH'
    ? 'patient-summary'
    : 'original-document'
}

/** Composition first, then the patient, then the rest in the order of the source (FHIR R4 §3.3.1). */
function bundleOf(root: Located, reading: Reading, composition: string, claimed: boolean): Bundle {
  const order = (url: string | undefined): number => (url === composition ? 0 : url === reading.patient ? 1 : 2)
  const entry = [...reading.entries].sort((a, b) => order(a.fullUrl) - order(b.fullUrl))
  const date = moment(child(root.element, 'effectiveTime'))
  const stamp = attribute(child(root.element, 'effectiveTime'), 'value')
  const timestamp =
    timestampOf(root) ??
    `${(date?.value ?? '1970').padEnd(4, '0')}${'-01-01'.slice(Math.max(0, (date?.value ?? '1970').length - 4))}T00:00:00Z`
  const bundle: Bundle = prune({
    resourceType: 'Bundle',
    ...(claimed ? { meta: { profile: [`${EPS}bundle-eu-eps`] } } : {}),
    language: reading.language,
    identifier: documentIdentifier(root, reading),
    type: 'document',
    timestamp,
    // FHIR wants an instant here; where the source has less, it is said what the source has.
    ...(timestampOf(root) === undefined && stamp
      ? { _timestamp: { extension: [{ url: SOURCE_VALUE_EXTENSION, valueString: stamp }] } }
      : {}),
  })
  // The resources are pruned already.
  bundle.entry = entry
  return bundle
}

function documentIdentifier(root: Located, reading: Reading): Identifier {
  const id = child(root.element, 'id')
  const stated = id === undefined ? undefined : identifier(id, reading)
  if (stated?.system !== undefined && stated.value !== undefined) return stated
  return { system: 'urn:ietf:rfc:3986', value: referenceTo(reading, 'Bundle', root.path) }
}
