/** The pages of a country's node, with how documents look in it. */
import { join } from 'node:path'
import type { Hono } from 'hono'
import type { CountryB } from '#care/country-b/country-b.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { renderPdf } from '#documents/render/pdf.ts'
import { renderSummary, summaryStylesheet } from '#documents/render/summary.ts'
import { summaryView } from '#documents/render/view.ts'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import { professionalPortal } from '#portal/professional/portal.ts'
import type { Terminology } from '#terminology/index.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import type { Surroundings } from './answering.ts'
import type { CountryConfiguration } from './configuration.ts'
import type { CountryData } from './country-data.ts'
import type { Stores } from './stores.ts'

interface PortalParts {
  readonly configuration: CountryConfiguration
  readonly description: CountryData
  readonly stores: Stores
  readonly asking: CountryB
  readonly people: RelyingParty
  readonly terminology: Terminology
  readonly around: Surroundings
}

export function countryPortal({
  configuration,
  description,
  stores,
  asking,
  people,
  terminology,
  around,
}: PortalParts): Hono {
  const opened = new Map<string, Messages>()
  const messages = (language: string): Messages => {
    const known = opened.get(language) ?? openMessages(join(configuration.data, 'messages'), language)
    opened.set(language, known)
    return known
  }
  const viewOf = (document: ClinicalDocument, reader: Messages) =>
    summaryView(document, {
      language: reader.language,
     
      terminology,
      messages: reader,
      now: new Date(),
    })
  return professionalPortal({
    country: configuration.country,
    origin: configuration.portal.origin,
    languages: [
      description.portalLanguage,
      ...description.languages.filter((language) => language !== description.portalLanguage),
    ],
    helpLine: description.helpLine,
    countryB: asking,
    people,
    database: stores.database,
    ledger: stores.ledger,
    messages,
    rendering: {
      fragment: (document, reader) => String(renderSummary(viewOf(document, reader))),
      pdf: (document, reader) => renderPdf(viewOf(document, reader)),
      stylesheets: [tokensStylesheet(), summaryStylesheet()],
    },
    data: configuration.data,
    now: () => new Date(),
    onError: (error) => around.log.failure('page-failed', error),
  })
}
