/** The concern act around problems and allergies (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.5.1). */
import type { Extension } from 'fhir/r4'
import { coded } from '../datatypes/code.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { fits } from '../schema/simple-types.ts'
import type { Source } from '../source.ts'
import type { Writing } from '../writing.ts'

const CONCERN = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActClass', code: 'CONC', display: 'Concern' }
/** Statuses that a concern may have (IHE PCC TF-2 6.3.4.12). */
const STATUSES = new Set(['active', 'suspended', 'aborted', 'completed'])

export interface Concern {
  readonly templates: readonly string[]
  /** Status when the source has none. */
  readonly status: string
  /** The reader's details that belong to the act around. */
  readonly details: readonly Extension[]
}

/** The frame of a statement. The source's own status stands first among its statuses. */
export function concern(
  source: Source,
  { templates, status, details }: Concern,
  writing: Writing,
): (inner: Piece) => Piece {
  const [stated] = source.statuses
  const own = stated !== undefined && STATUSES.has(stated) ? stated : status
  return (inner) =>
    assemble('Act', 'act', {}, [
      ...templateIds(...templates, '2.16.840.1.113883.10.20.1.27', '1.3.6.1.4.1.19376.1.5.3.1.4.5.1'),
      codeOfConcern(source, writing),
      element('statusCode', { code: own }),
      assemble('EntryRelationship', 'entryRelationship', { typeCode: 'SUBJ' }, [inner]),
      ...detailPieces('Act', details, writing),
    ])
}

/** Details of the concern that the reader merged into the statement. */
export function concernDetails(source: Source): readonly Extension[] {
  return source.details.flatMap(({ url, extension }) => (url === 'concern' ? (extension ?? []) : []))
}

/** Earlier waves leave the code of the act null (IHE PCC). */
function codeOfConcern(source: Source, writing: Writing): Piece | undefined {
  const stated = source.others.find(({ code }) => code === CONCERN.code)
  const [flavor] = source.nulls
  if (stated === undefined && flavor !== undefined && fits('NullFlavor', flavor))
    return element('code', { nullFlavor: flavor })
  return coded('code', stated ?? CONCERN, writing, 'CD')
}
