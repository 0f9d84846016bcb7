/** What all clinical statements have in common (CDA R2 §4.3.6): nesting, structural codes, comments, and the rest. */
import type { Annotation, CodeableConcept, Coding, Extension, Identifier, Reference } from 'fhir/r4'
import { attribute, child, children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { codeOf, concept, referredText } from './datatypes/code.ts'
import { detail } from './datatypes/detail.ts'
import { nullFlavorExtension } from './datatypes/nulls.ts'
import { instant, moment } from './datatypes/time.ts'
import { each, every, first, type Located } from './located.ts'
import { newTrace, type Reading, type Trace } from './reading.ts'
import { KIND_BY_CODE, KIND_BY_TEMPLATE, type SubordinateKind } from './tables/subordinates.ts'
import {
  ACT_MOOD,
  ACT_STATUS,
  NULL_FLAVOR,
  ORIGINAL_EXTENSION,
  PARTICIPATION_TYPE,
  QUALIFIER_EXTENSION,
  RELATED_EXTENSION,
} from './tables/urls.ts'

/** Where a statement stands, as far as its meaning depends on it. */
export interface Context {
  /** LOINC code of the section. */
  readonly section: string
  /** Directly in the section's entry or in its concern; only then does the section tell what kind of statement it is. */
  readonly top?: boolean
  /** The concern act around it, when it is the first statement in the concern. */
  readonly concern?: Trace
  /** Status of the concern around it. */
  readonly concernStatus?: string
  /** The relationship that leads here denies it. */
  readonly negated?: boolean
  /** The concern or section around it is about a relative of the patient. */
  readonly relative?: boolean
  /** What the entries of the section belong to together: the id of a prescription. */
  readonly group?: Identifier
  /** Shared by readers so that nested statements can be read without knowing all readers. */
  readonly read: StatementReader
}

/** Reads a clinical statement into resources and returns references to the outermost ones. */
export type StatementReader = (at: Located, reading: Reading, context: Context) => string[]

const STATEMENTS = new Set([
  'observation',
  'act',
  'substanceAdministration',
  'supply',
  'procedure',
  'encounter',
  'organizer',
  'observationMedia',
  'regionOfInterest',
])

export function isStatement(element: XmlElement): boolean {
  return STATEMENTS.has(element.name)
}

export interface Nested {
  readonly typeCode: string
  readonly statement: Located
  /** Undefined as well for what is denied: a denied reaction is no reaction. */
  readonly kind: SubordinateKind | undefined
  /** `negationInd` of the relationship itself. */
  readonly negated: boolean
}

/** The statements inside a statement, or inside a section's entry, with the relationship to it. */
export function nestedStatements(at: Located): Nested[] {
  const found: Nested[] = []
  for (const link of [...each(at, 'entryRelationship'), ...each(at, 'component')]) {
    for (const statement of every(link)) {
      if (!isStatement(statement.element)) continue
      const typeCode = attribute(link.element, 'typeCode') ?? (link.element.name === 'component' ? 'COMP' : 'REFR')
      const negated = attribute(link.element, 'negationInd') === 'true'
      const denied = negated || attribute(statement.element, 'negationInd') === 'true'
      found.push({ typeCode, statement, negated, kind: denied ? undefined : kindOf(statement.element, typeCode) })
    }
  }
  return found
}

function kindOf(statement: XmlElement, typeCode: string): SubordinateKind | undefined {
  const code = codeOf(child(statement, 'code'))
  const byCode = code === undefined ? undefined : KIND_BY_CODE[code]
  if (byCode !== undefined) return byCode
  for (const template of children(statement, 'templateId')) {
    const kind = KIND_BY_TEMPLATE[attribute(template, 'root') ?? '']
    if (kind !== undefined) return kind
  }
  return typeCode === 'MFST' && statement.name === 'observation' ? 'manifestation' : undefined
}

/** Starts the trace of a statement: the concern around it, its mood when it is no event, why it is null when it is. */
export function openStatement(at: Located, reading: Reading, context: Context): Trace {
  const trace = newTrace(at.path)
  if (context.concern !== undefined) mergeTrace(trace, context.concern, 'concern')
  const text = attribute(first(at, 'text', 'reference')?.element, 'value')
  if (text?.startsWith('#') && reading.narratives.has(text)) trace.text = text
  noteMood(trace, at.element)
  trace.others.push(...nullFlavorExtension(at.element))
  structural(trace, child(at.element, 'statusCode'), reading, ACT_STATUS)
  return trace
}

function noteMood(trace: Trace, element: XmlElement): void {
  const mood = attribute(element, 'moodCode')
  if (mood !== undefined && mood !== 'EVN') note(trace, { system: ACT_MOOD, code: mood })
}

/** Notes codes that the resource expresses by its shape. Codes without system get the one that belongs to their place. */
export function structural(trace: Trace, element: XmlElement | undefined, reading: Reading, system?: string): void {
  if (element === undefined) return
  const found = concept(element, reading)
  for (const coding of found?.coding ?? []) note(trace, coding.system || !system ? coding : { system, ...coding })
  const flavor = codeOf(element) === undefined ? attribute(element, 'nullFlavor') : undefined
  if (flavor !== undefined) note(trace, { system: NULL_FLAVOR, code: flavor })
  const more = found?.text !== undefined || found?.extension?.some(({ url }) => url === QUALIFIER_EXTENSION)
  if (more) trace.details.push({ url: element.name, valueCodeableConcept: found })
}

function note(trace: Trace, coding: Coding): void {
  const same = (held: Coding): boolean =>
    held.code === coding.code &&
    held.system === coding.system &&
    (coding.display === undefined || held.display === coding.display)
  if (!trace.codes.some(same)) trace.codes.push(coding)
}

/** Notes a statement that a field of the resource expresses: its codes, and as details what the field cannot say. */
export function subordinate(
  trace: Trace,
  at: Located,
  reading: Reading,
  context: Context,
  expressed: readonly string[] = ['value'],
): void {
  structural(trace, child(at.element, 'code'), reading)
  structural(trace, child(at.element, 'statusCode'), reading, ACT_STATUS)
  noteMood(trace, at.element)
  const inner = newTrace(at.path)
  carryRest(inner, at, reading, context, new Set(['code', 'statusCode', 'text', ...expressed]))
  const words = looseText(at, reading)
  if (words !== undefined) inner.details.push({ url: 'text', valueString: words })
  if (attribute(at.element, 'negationInd') === 'true') inner.details.push({ url: 'negationInd', valueBoolean: true })
  inner.details.push(...nullFlavorExtension(at.element))
  if (inner.details.length > 0)
    trace.details.push({ url: kindOf(at.element, '') ?? at.element.name, extension: inner.details })
  trace.others.push(...inner.others)
}

/** The statement's own words when they stand in the entry itself and not in the narrative. */
export function looseText(at: Located, reading: Reading): string | undefined {
  const text = child(at.element, 'text')
  if (text === undefined) return undefined
  const reference = attribute(child(text, 'reference'), 'value')
  if (reference !== undefined && reading.narratives.words(reference) !== undefined) return undefined
  return referredText(text, reading)
}

/** The words that stand for the statement, inline or in the narrative. */
export function statementText(at: Located, reading: Reading): string | undefined {
  return referredText(child(at.element, 'text'), reading)
}

const NEVER = new Set(['templateId', 'typeId', 'realmCode', 'statusCode'])

/** Carries whatever the reader of a statement did not put in a field: nested statements as resources, others as details. */
export function carryRest(
  trace: Trace,
  at: Located,
  reading: Reading,
  context: Context,
  expressed: ReadonlySet<string>,
): void {
  for (const part of every(at)) {
    const { name } = part.element
    if (NEVER.has(name) || expressed.has(name)) continue
    if (name === 'entryRelationship' || name === 'component') carryLink(trace, part, reading, context)
    else if (name === 'text') carryText(trace, at, reading)
    else pushDetail(trace, detail(part.element, reading), part.element)
  }
}

function carryText(trace: Trace, at: Located, reading: Reading): void {
  const words = looseText(at, reading)
  if (words !== undefined) trace.details.push({ url: 'text', valueString: words })
}

/** A participation keeps what it is for (typeCode) beside what it holds. */
function pushDetail(trace: Trace, extension: Extension | undefined, element: XmlElement): void {
  if (extension === undefined) return
  const typeCode = attribute(element, 'typeCode')
  if (typeCode !== undefined && extension.extension !== undefined) {
    extension.extension.unshift({ url: 'type', valueCoding: { system: PARTICIPATION_TYPE, code: typeCode } })
  }
  trace.details.push(extension)
}

function carryLink(trace: Trace, link: Located, reading: Reading, context: Context): void {
  const inner: Context = { section: context.section, read: context.read }
  for (const part of every(link)) {
    if (isStatement(part.element)) {
      const typeCode = attribute(link.element, 'typeCode') ?? 'COMP'
      relate(trace, typeCode, inner.read(part, reading, inner), attribute(link.element, 'negationInd') === 'true')
    } else if (!NEVER.has(part.element.name)) pushDetail(trace, detail(part.element, reading), link.element)
  }
}

/** Links a resource to others that have no field of their own. */
export function relate(trace: Trace, type: string, references: readonly string[], negated = false): void {
  for (const reference of references) {
    trace.others.push({
      url: RELATED_EXTENSION,
      extension: [
        { url: 'type', valueCode: type },
        { url: 'target', valueReference: { reference } },
        ...(negated ? [{ url: 'negationInd', valueBoolean: true }] : []),
      ],
    })
  }
}

/** Reads a nested statement that has no field of its own and links it. */
export function relateNested(trace: Trace, nested: Nested, reading: Reading, context: Context): void {
  const inner: Context = { section: context.section, read: context.read }
  relate(trace, nested.typeCode, context.read(nested.statement, reading, inner), nested.negated)
}

/** Whether a statement is denied, by itself or by the relationship that leads to it. */
export function isNegated(at: Located, context: Context): boolean {
  return (attribute(at.element, 'negationInd') === 'true') !== (context.negated === true)
}

/** A comment act (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.2) as an annotation. */
export function annotation(at: Located, reading: Reading, trace: Trace, context: Context): Annotation | undefined {
  const words = statementText(at, reading)
  subordinate(trace, at, reading, context, words === undefined ? [] : ['text'])
  const time = instant(first(at, 'author', 'time')?.element) ?? moment(child(at.element, 'effectiveTime'))?.value
  return words === undefined ? undefined : { text: words, ...(time === undefined ? {} : { time }) }
}

/** The coded value of the source beside the FHIR code that it was mapped to. */
export function original(concept: CodeableConcept | undefined): { extension: Extension[] } | undefined {
  return concept === undefined ? undefined : { extension: [{ url: ORIGINAL_EXTENSION, valueCodeableConcept: concept }] }
}

export function referencesOf(references: readonly string[]): Reference[] {
  return references.map((reference) => ({ reference }))
}

/** Trace of an element inside a resource, merged into the resource's own. */
export function mergeTrace(into: Trace, from: Trace, name: string): void {
  for (const coding of from.codes) note(into, coding)
  if (from.details.length > 0) into.details.push({ url: name, extension: from.details })
  into.others.push(...from.others)
}
