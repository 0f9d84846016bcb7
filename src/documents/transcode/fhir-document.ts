/** FHIR document Bundles in JSON, transcoded or translated; numbers keep the digits with which they were written. */
import type { Bundle } from 'fhir/r4'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { parseJson } from '../fhir/json.ts'
import { isNode } from '../fhir/node.ts'
import type { FhirProblemCode } from '../fhir/problem.ts'
import { createConverter } from './conversion.ts'
import { translateBundle } from './fhir-translate.ts'
import { type Finding, finding, shown } from './findings.ts'
import { createTally, type Tally } from './report.ts'
import { type TranscodeCoverage, transcodeBundle } from './transcode.ts'
import type { TransformationRequest, Transformed } from './transform.ts'

export function transformFhir(
  bytes: Uint8Array,
  request: TransformationRequest,
  terminology: Terminology,
): Result<Transformed, FhirProblemCode> {
  const read = parseJson(bytes, request.file)
  if (!read.ok) return read
  const { root, repeated } = read.value
  const place = request.file === undefined ? undefined : { file: request.file }
  if (!isNode(root) || root.resourceType !== 'Bundle') {
    return failed(
      'fhir-not-fhir',
      'This is no FHIR document: it is not a Bundle.',
      'Give a document Bundle in JSON, or a CDA document in XML.',
      place,
    )
  }
  if (repeated.length > 0) {
    return failed(
      'fhir-json',
      'A field stands twice in one object; written anew, the document would lose one of them.',
      'Ask the sender for a document that says each thing once.',
      place,
    )
  }
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  const bundle: Bundle = withDigits(text)
  const tally = createTally()
  const result =
    request.direction === 'transcode'
      ? transcoded(bundle, request, terminology, tally)
      : translated(bundle, request, terminology, tally)
  const { direction, languages } = request
  return ok({
    bytes: result === bundle ? bytes : Buffer.from(JSON.stringify(result, undefined, 2), 'utf8'),
    report: tally.report({
      direction,
      languages,
      codedElements: 'all',
      narrative: narrativeOf(bundle),
    }),
  })
}

function translated(bundle: Bundle, request: TransformationRequest, terminology: Terminology, tally: Tally): Bundle {
  return translateBundle(bundle, createConverter(terminology, request), tally)
}

function transcoded(bundle: Bundle, request: TransformationRequest, terminology: Terminology, tally: Tally): Bundle {
  const { bundle: result, coverage } = transcodeBundle(bundle, terminology, request.at)
  const { mapped, widened, alreadyEuropean, unmapped, outsideValueSet } = coverage
  const { coverage: counted } = tally
  counted.elements = mapped + alreadyEuropean + new Set(unmapped.map(({ path }) => path)).size
  counted.mapped = mapped
  counted.widened = widened
  counted.changed = mapped
  counted.pivot = alreadyEuropean
  counted.unmapped = unmapped.length
  counted.national = unmapped.length
  counted.outsideValueSet = outsideValueSet.length
  for (const one of unmappedFindings(unmapped)) tally.say(one)
  for (const { system, code, path } of outsideValueSet) {
    tally.say(finding('TSAM', '2507', 'warning', { path, subject: shown(`${system} ${code}`) }))
  }
  return result
}

function unmappedFindings(unmapped: TranscodeCoverage['unmapped']): readonly Finding[] {
  return unmapped.flatMap(({ system, code, path, reason }) => {
    const where = { path, subject: shown(`${system} ${code}`) }
    return [
      finding('TESSERA', 'national-code', 'warning', where),
      finding('TSAM', reason === 'no-map' ? '4504' : '4509', 'warning', where),
      finding('TM', '2502', 'warning', where),
    ]
  })
}

/** `JSON.rawJSON` keeps a literal that a number would shorten: FHIR's `5.50` is not `5.5` (R4 §2.24.0.1). */
function withDigits(text: string): Bundle {
  return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? rawJson(context.source)
      : value,
  )
}

const rawJson: (source: string) => unknown = Reflect.get(JSON, 'rawJSON')

function narrativeOf(bundle: Bundle) {
  const composition = bundle.entry?.[0]?.resource
  const language = composition?.language
  let sections = 0
  let characters = 0
  let withoutEntries = 0
  const walk = (list: unknown): void => {
    if (!Array.isArray(list)) return
    for (const section of list) {
      if (!isNode(section)) continue
      const div = isNode(section.text) && typeof section.text.div === 'string' ? section.text.div : ''
      const words = written(div)
      if (words > 0) {
        sections++
        characters += words
        if (!Array.isArray(section.entry) || section.entry.length === 0) withoutEntries++
      }
      walk(section.section)
    }
  }
  if (isNode(composition)) walk(composition.section)
  return { sections, characters, withoutEntries, ...(language !== undefined && { language }) }
}

/** Characters outside tags, without the white space around them. */
function written(div: string): number {
  let length = 0
  for (const part of div.split('<')) length += part.slice(part.indexOf('>') + 1).trim().length
  return length
}
