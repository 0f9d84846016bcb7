/** Lists the documents of one service for a patient in another country, and finds one of them again. */
import { ok, type Result } from '#platform/result/result.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import { documentQuery } from '#wire/fhir/ncpeh-client.ts'
import type { ListedDocument, ListQuestion } from '../border/border-service.ts'
import type { CareContext, CareProblemCode } from '../context/care-context.ts'
import { type Answered, ask } from './asking.ts'
import { nothingFound } from './channels/peer-refusals.ts'
import { classOf } from './document-classes.ts'
import { careFailure, refusalFailure } from './failures.ts'
import type { ListedDocuments } from './listed-documents.ts'
import type { Asking } from './options.ts'
import type { PrescriptionSearch } from './questions.ts'

/** What of a service is asked for. */
export interface Listing {
  readonly service: ServiceKind
  readonly search?: PrescriptionSearch
  readonly filter?: Pick<ListQuestion, 'maximumSize' | 'createdAfter' | 'createdBefore'>
}

export interface Lists {
  list(context: CareContext, listing: Listing): Promise<Result<readonly ListedDocument[], CareProblemCode>>
  /** From the list of a moment ago only. */
  recall(context: CareContext, service: ServiceKind, documentId: string): ListedDocument | undefined
  /** From the list of a moment ago, or from a new one: another replica may have listed. */
  find(context: CareContext, listing: Listing, documentId: string): Promise<Result<ListedDocument, CareProblemCode>>
}

export function lists(asking: Asking, listed: ListedDocuments): Lists {
  const list: Lists['list'] = (context, { service, search, filter }) => {
    const { professional, country, patient, purpose } = context
    const { pin, prescriptionId } = search ?? {}
    const question: ListQuestion = {
      patient,
      service,
      classCodes: [classOf(service)],
      ...filter,
      ...(pin === undefined ? {} : { pin }),
      ...(prescriptionId === undefined ? {} : { prescriptionId }),
    }
    return ask(
      asking,
      {
        step: 'list',
        asked: queryText(question),
        service,
        professional,
        country,
        patient,
        purpose,
        context,
        ...(search ? { search } : {}),
      },
      async ({ channel, call }): Promise<Answered<readonly ListedDocument[]>> => {
        const found = await channel.list(question, call)
        if (!found.ok) return { result: refusalFailure(found.refusal) }
        if (found.value.length === 0) return { result: careFailure(nothingFound({ step: 'list', service }), country) }
        listed.remember(context, service, found.value)
        return { result: ok(found.value), documents: found.value.map(nameOf) }
      },
    )
  }
  return {
    list,
    recall: listed.recall,
    async find(context, listing, documentId) {
      // What may be dispensed changes while a page is open: a prescription is always looked up anew.
      const known =
        listing.service === 'eprescription' ? undefined : listed.recall(context, listing.service, documentId)
      if (known) return ok(known)
      const again = await list(context, listing)
      if (!again.ok) return again
      const found = again.value.find(({ id }) => id === documentId)
      return found ? ok(found) : careFailure('ERROR_GENERIC_DOCUMENT_MISSING', context.country)
    },
  }
}

/** How the document is named in the ledger: as country A names it. */
export function nameOf({ name, id }: ListedDocument): string {
  return name ?? id
}

/** The question in the words of the FHIR search, whatever the wire: ledgers of both are then read alike. The PIN is no part of it. */
function queryText({ patient, classCodes, createdAfter = '1900-01-01', createdBefore }: ListQuestion): string {
  const [type = ''] = classCodes
  return documentQuery({
    patient,
    type,
    since: createdAfter,
    ...(createdBefore === undefined ? {} : { until: createdBefore }),
  })
}
