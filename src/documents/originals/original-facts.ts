/** What a list or a page tells of an original document beside its file. */
import { concept, type Node, nodes, text } from '../fhir/node.ts'
import type { Entry } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { entriesOfType, identifierOf, nameOf, type Parts, partsOf, targetOf, wordsOf } from '../pharmacy/parts.ts'
import type { CodedWords } from '../pharmacy/pharmacy.ts'

export interface OriginalFacts {
  /** `system|value` of the document. */
  readonly id?: string
  /** `11502-2` laboratory, `34105-7` discharge, `18748-4` imaging report, `x-clinical-image`, or another LOINC class. */
  readonly classCode?: string
  readonly title?: string
  readonly language: string
  readonly authors: readonly {
    readonly name: string
    readonly organisation?: string
    readonly specialty?: CodedWords
  }[]
  /** When it was written; as precise as the source. */
  readonly written?: string
  /** When what it is about began, when that is stated. */
  readonly serviceStart?: string
}

/** The facts of an original document, as far as it states them. */
export function originalFactsOf(document: ClinicalDocument): OriginalFacts {
  const parts = partsOf(document)
  const { composition } = parts
  const id = identifierOf(parts.bundle.identifier) ?? identifierOf(composition.identifier)
  const classCode = concept(composition.type)?.codings.find(({ code }) => code !== '')?.code
  const title = text(composition.title)
  const written = text(composition.date) ?? text(parts.bundle.timestamp)
  const started = serviceStart(parts)
  return {
    ...(id === undefined ? {} : { id }),
    ...(classCode === undefined ? {} : { classCode }),
    ...(title === undefined ? {} : { title }),
    language: document.origin.language,
    authors: authorsOf(parts),
    ...(written === undefined ? {} : { written }),
    ...(started === undefined ? {} : { serviceStart: started }),
  }
}

function serviceStart({ composition }: Parts): string | undefined {
  const starts = nodes(composition.event).flatMap(({ period }) =>
    nodes(period).flatMap(({ start }) => text(start) ?? []),
  )
  return starts.sort()[0]
}

function authorsOf(parts: Parts): OriginalFacts['authors'] {
  const [composition] = entriesOfType(parts, 'Composition')
  if (composition === undefined) return []
  return nodes(composition.resource.author).flatMap((reference) => {
    const role = targetOf(parts, reference, composition)
    return role === undefined ? [] : [authorOf(parts, role)]
  })
}

function authorOf(parts: Parts, role: Entry): OriginalFacts['authors'][number] {
  const follow = (reference: unknown): Node | undefined => targetOf(parts, reference, role)?.resource
  const organisation = nameOf(follow(role.resource.organization))
  const specialty = wordsOf(nodes(role.resource.specialty)[0]) ?? wordsOf(nodes(role.resource.code)[0])
  return {
    name: nameOf(follow(role.resource.practitioner)) ?? nameOf(role.resource) ?? organisation ?? '',
    ...(organisation === undefined ? {} : { organisation }),
    ...(specialty === undefined ? {} : { specialty }),
  }
}
