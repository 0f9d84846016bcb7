/**
 * The door: bytes of a document → the same document, transcoded or translated, with a report. CDA (any CDA R2) is changed
 * in place; FHIR document Bundles (JSON) keep every number as it was written.
 */

import { ok, type Result } from '#platform/result/result.ts'
import { attribute, child, descend, text } from '#platform/xml/access.ts'
import { openXml } from '#platform/xml/edit.ts'
import type { XmlElement, XmlProblemCode } from '#platform/xml/tree.ts'
import type { LanguageTag, Terminology, TerminologyCatalogue } from '#terminology/terminology.ts'
import type { FhirProblemCode } from '../fhir/problem.ts'
import { convertCda } from './cda.ts'
import type { Selection } from './cda-sites.ts'
import type { CodedElementList } from './coded-element-list.ts'
import { type ConversionOptions, createConverter } from './conversion.ts'
import { transformFhir } from './fhir-document.ts'
import { type Finding, finding, statusOf } from './findings.ts'
import { createTally, type TransformationReport } from './report.ts'

export interface TransformationRequest extends ConversionOptions {
  /** Which elements of a CDA are coded: those of a list, or every one that has a code and a code system. */
  readonly codedElements: CodedElementList | 'all'
  /** Only for the place in problems. */
  readonly file?: string
}

export interface Transformed {
  /** The very bytes that came when nothing was changed. */
  readonly bytes: Uint8Array
  readonly report: TransformationReport
}

/** `languages` is asked for when it is there, to say that a language is not known at all. */
export type AskedTerminology = Terminology & Partial<Pick<TerminologyCatalogue, 'languages'>>

/**
 * Fails only when the bytes are no document that can be read. A document that can be read and not be transformed comes
 * back as it came, and the report says why (status ERROR).
 */
export function transformDocument(
  bytes: Uint8Array,
  request: TransformationRequest,
  terminology: AskedTerminology,
): Result<Transformed, XmlProblemCode | FhirProblemCode> {
  const head = Buffer.from(bytes.subarray(0, 64))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  const result = head.startsWith('{')
    ? transformFhir(bytes, request, terminology)
    : transformCda(bytes, request, terminology)
  if (!result.ok) return result
  const unknown = unknownLanguage(request, terminology)
  return unknown ? ok(withFindings(result.value, [unknown])) : result
}

function transformCda(
  bytes: Uint8Array,
  request: TransformationRequest,
  terminology: AskedTerminology,
): Result<Transformed, XmlProblemCode> {
  const opened = openXml(bytes, request.file === undefined ? {} : { file: request.file })
  if (!opened.ok) return opened
  const { root } = opened.value.document
  const refused = refusal(root)
  if (refused) return ok(unchanged(bytes, request, refused))
  const selection = selectionFor(root, request.codedElements)
  if ('severity' in selection) return ok(unchanged(bytes, request, selection))
  const chosen = selection.selection
  const converted = convertCda(opened.value, terminology, createConverter(terminology, request), chosen)
  const isEmpty = chosen !== 'all' && !chosen.list.elements.some(({ usage }) => usage.has(chosen.kind))
  return ok(isEmpty ? withFindings(converted, [finding('TM', '2506', 'warning', { subject: chosen.kind })]) : converted)
}

/** Why a well-formed document is not looked at. */
function refusal(root: XmlElement): Finding | undefined {
  if (root.name !== 'ClinicalDocument' || root.namespace !== 'urn:hl7-org:v3') {
    return finding('TM', '4507', 'error', { path: `/${root.name}`, line: root.line })
  }
  const pdf = descend(root, 'component', 'nonXMLBody', 'text')
  const external = child(pdf, 'reference')
  if (descend(root, 'component', 'nonXMLBody') && !external && text(pdf).trim() === '') {
    const line = (pdf ?? root).line
    return finding('TM', '4508', 'error', { path: '/ClinicalDocument/component/nonXMLBody/text', line })
  }
  return undefined
}

function selectionFor(root: XmlElement, list: CodedElementList | 'all'): Finding | { readonly selection: Selection } {
  if (list === 'all') return { selection: 'all' }
  const path = '/ClinicalDocument/code'
  const element = child(root, 'code')
  const code = attribute(element, 'code')
  if (code === undefined || code === '') return finding('TM', '4509', 'error', { path, line: root.line })
  const level = descend(root, 'component', 'nonXMLBody') ? 1 : 3
  const kind = list.documents.find((document) => document.loinc === code && document.level === level)?.kind
  if (kind === undefined) {
    return finding('TM', '4510', 'error', {
      path,
      line: element?.line ?? root.line,
      subject: `${code}, level ${level}`,
    })
  }
  return { selection: { list, kind } }
}

function unchanged(bytes: Uint8Array, request: TransformationRequest, why: Finding): Transformed {
  const { direction, languages, codedElements } = request
  const tally = createTally()
  tally.say(why)
  const report = tally.report({
    direction,
    languages,
    codedElements: codedElements === 'all' ? 'all' : `${codedElements.id} ${codedElements.version}`,
    narrative: { sections: 0, characters: 0, withoutEntries: 0 },
  })
  return { bytes, report }
}

function withFindings({ bytes, report }: Transformed, more: readonly Finding[]): Transformed {
  const status = report.status === 'ERROR' ? 'ERROR' : statusOf([...more, ...report.findings])
  return { bytes, report: { ...report, findings: [...more, ...report.findings], status } }
}

function unknownLanguage(request: TransformationRequest, { languages }: AskedTerminology): Finding | undefined {
  if (request.direction !== 'translate' || !languages) return undefined
  const known = new Set(languages().map(base))
  if (request.languages.some((wish) => known.has(base(wish)))) return undefined
  return finding('TM', '2505', 'warning', { subject: request.languages.join(', ') })
}

function base(tag: LanguageTag): string {
  return (tag.split(/[-_]/)[0] ?? tag).toLowerCase()
}
