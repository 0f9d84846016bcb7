/**
 * A clinical statement on its way into the document: a writer says of which class it is and which elements it has; what
 * all statements have in common is added here (ids, participations, details, related statements, what is left over).
 */
import type { Annotation, CodeableConcept, Extension, Reference, Resource } from 'fhir/r4'
import { uuidOf } from '../reading.ts'
import { type Leftover, leftovers, referencesIn } from './carried.ts'
import { words } from './datatypes/code.ts'
import { nullFlavorIn } from './datatypes/nulls.ts'
import { time } from './datatypes/time.ts'
import { value } from './datatypes/value.ts'
import { detailPieces } from './detail.ts'
import { type Attributes, assemble, element, escaped, type Piece, templateIds } from './element.ts'
import { participation } from './people.ts'
import { takes } from './schema/attributes.ts'
import { fits } from './schema/simple-types.ts'
import { type Source, sourceOf } from './source.ts'
import { extensionsOf, type Place, resolve, type Writing } from './writing.ts'

/** What a writer makes of a resource. */
export interface Statement {
  /** Class of the schema, e.g. `Observation`; the element has its name in lower case. */
  readonly className: string
  readonly attributes?: Attributes
  readonly pieces: readonly (Piece | undefined)[]
  /** Further resources whose facts are in the pieces: people, devices, medicines. */
  readonly folded?: readonly Resource[]
  /** Puts a frame around the finished statement, e.g. a concern act. */
  readonly frame?: (inner: Piece) => Piece
  /** Fields that the statement expresses without their literal, beyond those of expressed.ts. */
  readonly expressed?: readonly string[]
}

export type StatementWriter = (resource: Resource, writing: Writing, place: Place) => Statement

/** Writes one statement completely; undefined when the writer is inside it already (a circle of references). */
export function finish(resource: Resource, write: StatementWriter, writing: Writing, place: Place): Piece | undefined {
  if (writing.open.has(resource) || place.depth > DEEPEST) return undefined
  writing.open.add(resource)
  const statement = tolerantly(resource, write, writing, place)
  const source = sourceOf(resource)
  const pieces = [
    ...statement.pieces,
    ...detailPieces(statement.className, source.details, writing),
    narrativeOf(source, writing, place),
    ...relatedPieces(statement.className, source, writing, place),
    ...otherReferences(statement, resource, writing, place),
  ]
  if (source.element === '' && !pieces.some((piece) => piece?.name === 'id')) pieces.push(ownId(resource))
  const made = framed(statement, source, resource, pieces)
  const rest = factsOf(statement, resource, made.xml, writing).map((fact) =>
    restPiece(statement.className, fact, writing),
  )
  writing.open.delete(resource)
  return rest.length === 0 ? made : framed(statement, source, resource, [...pieces, ...rest])
}

/** eHDSI templates want an id of every statement: the resource's own, as a UUID. */
function ownId({ resourceType, id }: Resource): Piece {
  return element('id', { root: id !== undefined && fits('uid', id) ? id : uuidOf(`${resourceType}/${id ?? ''}`) })
}

/** A resource that is not built as FHIR says is written as what it is, with each of its facts beside it. */
function tolerantly(resource: Resource, write: StatementWriter, writing: Writing, place: Place): Statement {
  return orElse(
    () => write(resource, writing, place),
    () => ({
      className: 'Observation',
      pieces: [
        element('code', { nullFlavor: 'OTH' }, [element('originalText', {}, escaped(resource.resourceType))]),
        element('statusCode', { code: 'completed' }),
      ],
    }),
  )
}

/** The words that stand for the statement: those that the source referred to, or the row that was made for it. */
function narrativeOf(source: Source, writing: Writing, place: Place): Piece | undefined {
  const id = place.row ?? source.text?.replace(/^#/, '')
  if (id === undefined || !writing.ids.has(id)) return undefined
  return element('text', {}, [element('reference', { value: `#${id}` })])
}

/** Statements inside statements; deeper ones than any document needs are not written (hostile input). */
const DEEPEST = 24

function framed(
  statement: Statement,
  source: Source,
  resource: Resource,
  pieces: readonly (Piece | undefined)[],
): Piece {
  const { className, attributes, frame } = statement
  const name = `${className.charAt(0).toLowerCase()}${className.slice(1)}`
  const flavor = nullFlavorIn({ extension: extensionsOf(resource) })
  const inner = assemble(className, name, { moodCode: source.mood, nullFlavor: flavor, ...attributes }, pieces)
  return frame === undefined ? inner : frame(inner)
}

/** What is not in the text; the facts of each resource are accounted for where it is written first. */
function factsOf(statement: Statement, resource: Resource, xml: string, writing: Writing): Leftover[] {
  const found: Leftover[] = []
  for (const one of [resource, ...(statement.folded ?? [])]) {
    if (writing.written.has(one)) continue
    writing.written.add(one)
    const expressed = one === resource ? statement.expressed : undefined
    found.push(
      ...orElse(
        () => leftovers(one, xml, writing, expressed),
        () => [whole(one)],
      ),
    )
  }
  return found
}

/** A resource whose fields nobody can tell apart is kept by its text. */
function whole(resource: Resource): Leftover {
  const path = `${resource.resourceType}/${resource.id ?? ''}`
  return { path, label: resource.resourceType, valued: { valueString: JSON.stringify(resource) } }
}

/** A fact without a place of its own, as an observation beside the statement: its field, and its value. */
export function restPiece(className: string, { path, label, valued }: Leftover, writing: Writing): Piece {
  writing.notWritten.push({ path, what: whatOf(valued), where: 'statement' })
  return link(className, 'REFR', restObservation(label, valued, writing))
}

/** The observation: its code in words names the field. A value of another shape than FHIR's is kept by its text. */
export function restObservation(label: string, valued: Leftover['valued'], writing: Writing): Piece {
  return assemble('Observation', 'observation', {}, [
    element('code', { nullFlavor: 'OTH' }, [element('originalText', {}, words(label, writing))]),
    element('statusCode', { code: 'completed' }),
    orElse(
      () => value('value', valued, writing),
      () => value('value', { valueString: whatOf(valued) }, writing),
    ),
  ])
}

/**
 * Documents from outside may have a word where FHIR has an object, or an object where it has a word. What is written of
 * such a value is whatever `otherwise` gives.
 */
export function orElse<T>(write: () => T, otherwise: () => T): T {
  try {
    return write()
  } catch (error) {
    if (error instanceof TypeError) return otherwise()
    throw error
  }
}

/** Resources that fields without a place in CDA refer to: as statements inside this one, or as whoever took part. */
function otherReferences(statement: Statement, resource: Resource, writing: Writing, place: Place): Piece[] {
  const taken = new Set(statement.folded)
  return referencesIn(resource, writing).flatMap((target) => {
    if (taken.has(target) || writing.written.has(target) || writing.open.has(target)) return []
    taken.add(target)
    const inner = writing.write(target, writing, { section: place.section, depth: place.depth + 1 })
    return inner === undefined ? [] : [link(statement.className, 'REFR', inner)]
  })
}

/** The value in one line, for the list of what CDA had no place for. */
export function whatOf(valued: Leftover['valued']): string {
  const held = Object.values(valued).find((one) => one !== undefined)
  return typeof held === 'object' ? JSON.stringify(held) : String(held)
}

/** A statement inside another: by an entryRelationship, in an organizer by a component. */
export function link(className: string, typeCode: string, inner: Piece, negated = false): Piece {
  if (className === 'Organizer') return assemble('Component4', 'component', {}, [inner])
  const type = takes('EntryRelationship', 'typeCode', typeCode) ? typeCode : 'REFR'
  return assemble(
    'EntryRelationship',
    'entryRelationship',
    { typeCode: type, negationInd: negated ? 'true' : undefined },
    [inner],
  )
}

/** A referred resource as a statement inside this one. */
export function nested(
  className: string,
  typeCode: string,
  reference: Reference | undefined,
  writing: Writing,
  place: Place,
  negated = false,
): Piece | undefined {
  const target = resolve(reference, writing)
  if (target === undefined || writing.open.has(target)) return undefined
  const inner = writing.write(target, writing, { section: place.section, depth: place.depth + 1 })
  return inner === undefined ? undefined : link(className, typeCode, inner, negated)
}

function relatedPieces(className: string, source: Source, writing: Writing, place: Place): Piece[] {
  return source.related.flatMap(
    ({ target, typeCode, negated }) =>
      nested(className, typeCode, { reference: target }, writing, place, negated) ?? [],
  )
}

/** Authors, performers and informants of a statement, each under the name that it had in the source. */
export function statementPeople(
  _className: string,
  people: readonly Participant[],
  writing: Writing,
  folded: Resource[],
): Piece[] {
  return people.flatMap(({ reference, as, time: moment }) => {
    const source = sourceOf(resolve(reference, writing))
    const name = NAMES.has(source.element) ? source.element : as
    const participationClass = CLASS_OF[name] ?? 'Performer2'
    return participation(participationClass, name, reference, writing, folded, { time: moment }) ?? []
  })
}

export interface Participant {
  readonly reference: Reference | undefined
  readonly as: 'author' | 'performer' | 'informant'
  readonly time?: string | undefined
}

const CLASS_OF: Readonly<Record<string, string>> = {
  author: 'Author',
  performer: 'Performer2',
  informant: 'Informant12',
}
const NAMES = new Set(Object.keys(CLASS_OF))

/** IHE PCC comment (1.3.6.1.4.1.19376.1.5.3.1.4.2). */
export function comment(className: string, note: Annotation, writing: Writing): Piece {
  const author = time('time', note.time)
  const act = assemble('Act', 'act', {}, [
    ...templateIds('2.16.840.1.113883.10.20.1.40', '1.3.6.1.4.1.19376.1.5.3.1.4.2'),
    element('code', { code: '48767-8', codeSystem: '2.16.840.1.113883.6.1', displayName: 'Annotation comment' }),
    element('text', {}, words(note.text, writing)),
    element('statusCode', { code: 'completed' }),
    author === undefined ? undefined : assemble('Author', 'author', {}, [author]),
  ])
  return link(className, 'SUBJ', act)
}

/** The reader makes `refuted` of a denied statement; where the source had a code for it, that code stands beside. */
export function isRefuted(verification: CodeableConcept | undefined): boolean {
  const codings = verification?.coding ?? []
  return codings.length === 1 && codings[0]?.code === 'refuted' && VERIFICATION.test(codings[0].system ?? '')
}

const VERIFICATION = /CodeSystem\/(?:condition-ver-status|allergyintolerance-verification)$/

/** Whether the reader noted a denial among the details. */
export function isDenied(details: readonly Extension[]): boolean {
  return details.some(({ url, valueBoolean }) => url === 'negationInd' && valueBoolean === true)
}
