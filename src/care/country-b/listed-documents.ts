/**
 * What was listed a moment ago, so that opening a document does not list again. A convenience of one replica: without it
 * the list is asked for once more.
 */
import type { RemoteDocument } from '#wire/fhir/remote-resources.ts'
import type { CareContext } from '../context/care-context.ts'

export interface ListedDocuments {
  remember(context: CareContext, documents: readonly RemoteDocument[]): void
  recall(context: CareContext, documentId: string): RemoteDocument | undefined
}

const MOST = 500

export function listedDocuments(clock: () => Date, keepMs = 300_000): ListedDocuments {
  const lists = new Map<string, { readonly documents: readonly RemoteDocument[]; readonly until: number }>()
  return {
    remember(context, documents) {
      const key = keyOf(context)
      lists.delete(key)
      for (const oldest of lists.keys()) {
        if (lists.size < MOST) break
        lists.delete(oldest)
      }
      lists.set(key, { documents, until: clock().getTime() + keepMs })
    },
    recall(context, documentId) {
      const key = keyOf(context)
      const list = lists.get(key)
      if (list && list.until <= clock().getTime()) lists.delete(key)
      else return list?.documents.find(({ id }) => id === documentId)
      return undefined
    },
  }
}

/** One professional's list of one patient is no other's. */
function keyOf({ professional, country, patient }: CareContext): string {
  return JSON.stringify([professional.identifier, country, patient])
}
