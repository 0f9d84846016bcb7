/**
 * What was listed a moment ago, so that opening a document does not list again. A convenience of one replica: without it
 * the list is asked for once more.
 */
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { ListedDocument } from '../border/border-service.ts'
import type { CareContext } from '../context/care-context.ts'

export interface ListedDocuments {
  remember(context: CareContext, service: ServiceKind, documents: readonly ListedDocument[]): void
  recall(context: CareContext, service: ServiceKind, documentId: string): ListedDocument | undefined
}

const MOST = 500

export function listedDocuments(clock: () => Date, keepMs = 300_000): ListedDocuments {
  const lists = new Map<string, { readonly documents: readonly ListedDocument[]; readonly until: number }>()
  return {
    remember(context, service, documents) {
      const key = keyOf(context, service)
      lists.delete(key)
      for (const oldest of lists.keys()) {
        if (lists.size < MOST) break
        lists.delete(oldest)
      }
      lists.set(key, { documents, until: clock().getTime() + keepMs })
    },
    recall(context, service, documentId) {
      const key = keyOf(context, service)
      const list = lists.get(key)
      if (list && list.until <= clock().getTime()) lists.delete(key)
      else return list?.documents.find(({ id }) => id === documentId)
      return undefined
    },
  }
}

/** One professional's list of one patient is no other's. */
function keyOf({ professional, country, patient }: CareContext, service: ServiceKind): string {
  return JSON.stringify([professional.identifier, country, patient, service])
}
