/** What kind of document it is, in a few words. */
import type { Messages } from '#platform/i18n/messages.ts'
import { concept, isNode, type Node, text } from '../fhir/node.ts'
import { entriesOf } from '../fhir/references.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'

function compositionOf(document: ClinicalDocument): Node | undefined {
  const bundle: unknown = document.bundle
  if (!isNode(bundle)) return undefined
  return entriesOf(bundle).find(({ resource }) => resource.resourceType === 'Composition')?.resource
}

/**
 * Kind of a document for a line of the command line or a list: `Résumé patient`, `Compte rendu de biologie`. With
 * messages, the interface's name of its LOINC code; else what the document says of itself; '' when it says nothing.
 */
export function documentTitle(document: ClinicalDocument, messages?: Messages): string {
  const composition = compositionOf(document)
  const kind = concept(composition?.type)
  for (const { code } of kind?.codings ?? []) {
    const key = `summary.section.${code}`
    if (messages?.has(key)) return messages.text(key)
  }
  const displays = kind?.codings.flatMap(({ display }) => display ?? []) ?? []
  return (
    text(composition?.title) ?? kind?.text ?? displays[0] ?? kind?.codings.find(({ code }) => code !== '')?.code ?? ''
  )
}
