/** Concern acts (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.5.1, CCD problem act): a frame around problems or allergies. */
import { child } from '#platform/xml/access.ts'
import { codeOf } from '../datatypes/code.ts'
import { nullFlavorExtension } from '../datatypes/nulls.ts'
import type { Located } from '../located.ts'
import { newTrace, type Reading } from '../reading.ts'
import { type Context, carryRest, nestedStatements, openStatement, structural } from '../statement.ts'
import { isAboutRelative } from './family.ts'

const EXPRESSED = new Set(['code', 'entryRelationship'])

/** Reads the statements in the concern; the concern's own codes, ids and times go to the first of them. */
export function readConcern(at: Located, reading: Reading, context: Context): string[] {
  const concern = openStatement(at, reading, context)
  structural(concern, child(at.element, 'code'), reading)
  const nested = nestedStatements(at)
  if (context.negated) concern.details.push({ url: 'negationInd', valueBoolean: true })
  const inside = nested.filter(({ kind }) => kind === undefined || kind === 'manifestation')
  const frame = newTrace(at.path)
  carryRest(frame, at, reading, context, EXPRESSED)
  concern.details.push(...frame.details)
  concern.others.push(...frame.others, ...nullFlavorExtension(child(at.element, 'statusCode')))
  const concernStatus = codeOf(child(at.element, 'statusCode'))
  const references = inside.flatMap(({ statement, negated }, index) =>
    context.read(statement, reading, {
      section: context.section,
      read: context.read,
      ...(context.top ? { top: true } : {}),
      ...(context.relative || isAboutRelative(at) ? { relative: true } : {}),
      ...(negated ? { negated } : {}),
      ...(index === 0 ? { concern } : {}),
      ...(concernStatus === undefined ? {} : { concernStatus }),
    }),
  )
  const rest = nested.filter(({ kind }) => kind !== undefined && kind !== 'manifestation')
  return [
    ...references,
    ...rest.flatMap(({ statement }) =>
      context.read(statement, reading, { section: context.section, read: context.read }),
    ),
  ]
}

/** Whether an act is a frame: it holds statements and has no meaning of its own. */
export function isConcern(at: Located): boolean {
  return nestedStatements(at).some(
    ({ kind, statement }) => kind === undefined && statement.element.name === 'observation',
  )
}
