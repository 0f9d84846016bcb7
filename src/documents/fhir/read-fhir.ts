/** FHIR JSON → the model. See bundle.ts for what is tolerated, json.ts for what is refused. */
import type { Bundle } from 'fhir/r4'
import { failed, ok, type Place, type Result } from '#platform/result/result.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { carriedOver, fhirStatements, missingTargets } from '../account/fhir.ts'
import { REASONS } from '../account/reasons.ts'
import type { NotCarried } from '../model/account.ts'
import { type ClinicalDocument, type DocumentKind, PATIENT_SUMMARY } from '../model/clinical-document.ts'
import { assembleDocument } from './bundle.ts'
import { keepDigits } from './decimals.ts'
import { type JsonDocument, parseJson } from './json.ts'
import { countryIn, documentLanguage } from './language.ts'
import { concept, isNode, type Node, node, nodes, text } from './node.ts'
import type { FhirProblemCode } from './problem.ts'
import { type EntryIndex, entriesOf, indexEntries } from './references.ts'

export interface ReadOptions {
  /** Name of the file, for problems. */
  readonly file?: string
  readonly terminology: Terminology
}

/** Types that say nothing about a patient; a document of only these is not usable. */
const EMPTY_TYPES = new Set(['OperationOutcome', 'CapabilityStatement', 'Bundle', 'Parameters', 'Composition'])

function place(file: string | undefined, path?: string): Place {
  return { ...(file === undefined ? {} : { file }), line: 1, column: 1, ...(path === undefined ? {} : { path }) }
}

function notFhir(root: unknown, file: string | undefined): Result<never, FhirProblemCode> | undefined {
  if (isNode(root) && typeof root.resourceType === 'string' && root.resourceType !== '') return undefined
  const what = Array.isArray(root) ? 'a list' : isNode(root) ? 'an object without resourceType' : 'a single value'
  return failed(
    'fhir-not-fhir',
    `This JSON is ${what}, not a FHIR resource.`,
    'Send a FHIR document: a Bundle with a Composition and the resources of one patient.',
    place(file),
  )
}

function kindOf(composition: Node): DocumentKind {
  const codes = concept(composition.type)?.codings ?? []
  if (codes.some(({ code }) => code === PATIENT_SUMMARY)) return 'patient-summary'
  return codes.length === 0 ? 'patient-summary' : 'other-document'
}

function countryOf(composition: Node, index: EntryIndex): string | undefined {
  const from = index.entries[0]
  const follow = (value: unknown): Node | undefined => index.find(text(node(value)?.reference) ?? '', from)?.resource
  const people = [composition.custodian, ...nodes(composition.author)].map(follow)
  for (const person of people) {
    const own = countryIn(person) ?? countryIn(follow(person?.organization))
    if (own !== undefined) return own
  }
  return undefined
}

/** Facts that JSON holds but the tree cannot: fields written twice, numbers with too many digits. */
function lostByJson(json: JsonDocument, inexact: ReadonlyMap<object, string>): NotCarried[] {
  const twice = json.repeated.map(({ path, literal }) => ({
    path,
    what: literal,
    why: REASONS['written-twice'],
  }))
  const digits = [...inexact].map(([parent, literal]) => ({
    path: isNode(parent) && typeof parent.unit === 'string' ? `number with unit ${parent.unit}` : 'number',
    what: literal,
    why: REASONS['too-many-digits'],
  }))
  return [...twice, ...digits]
}

function isDocumentBundle(value: unknown): value is Bundle {
  return isNode(value) && value.resourceType === 'Bundle' && value.type === 'document' && Array.isArray(value.entry)
}

/**
 * Reads a FHIR document: IPS, EPS and other document Bundles, and collections or search results with usable resources.
 * @returns the model with its account, or one problem with its place
 */
export function readFhir(bytes: Uint8Array, options: ReadOptions): Result<ClinicalDocument, FhirProblemCode> {
  const parsed = parseJson(bytes, options.file)
  if (!parsed.ok) return parsed
  const { root } = parsed.value
  const refusal = notFhir(root, options.file)
  if (refusal || !isNode(root)) return refusal ?? failed('fhir-not-fhir', 'This JSON is not FHIR.', 'Send FHIR.')
  const inexact = keepDigits(parsed.value.decimals)
  const assembled = assembleDocument(root)
  const made: unknown = assembled?.bundle
  const index = indexEntries(assembled ? entriesOf(assembled.bundle) : [])
  const usable = index.entries.some(({ resource }) => !EMPTY_TYPES.has(text(resource.resourceType) ?? ''))
  const composition = index.entries[0]?.resource
  if (!assembled || !usable || !composition || !isDocumentBundle(made)) {
    return failed(
      'fhir-nothing-usable',
      `This FHIR ${text(root.resourceType) ?? 'resource'} holds nothing about a patient.`,
      'Send a document Bundle with a Composition, its Patient and the resources it names.',
      place(options.file, 'entry'),
    )
  }
  const country = countryOf(composition, index)
  return ok({
    bundle: made,
    kind: kindOf(composition),
    origin: {
      format: 'fhir',
      language: documentLanguage(assembled.bundle, composition, index.entries),
      ...(country === undefined ? {} : { country }),
    },
    account: {
      statements: fhirStatements(index),
      notCarried: [
        ...carriedOver(composition),
        ...assembled.unusable,
        ...lostByJson(parsed.value, inexact),
        ...missingTargets(index),
      ],
    },
  })
}
