/** The pages of research on a country's portal, for the public, researchers, the body and data holders. */
import { Hono } from 'hono'
import { accessBodyPages } from '#portal/access-body/access-body-pages.ts'
import { holderPages } from '#portal/holder/holder-pages.ts'
import { openReleaseShelf } from '#portal/holder/release-shelf.ts'
import { publicPages } from '#portal/public/public-pages.ts'
import { researcherPages } from '#portal/researcher/researcher-pages.ts'
import { openStudyStore } from '#portal/researcher/studies/study-store.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import type { ReportPeriod } from '#research/applications/register/activity-report.ts'
import { measuresNumbers } from '#research/applications/register/audit-follow-up.ts'
import { openAuditFollowUps } from '#research/applications/store/audit-follow-ups.ts'
import { openEnvironmentAudits } from '#research/applications/store/environment-audits.ts'
import { labelsIssued } from '#research/catalogue/label/issued.ts'
import { openOptOutRegister } from '#research/omop/opt-outs/register.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import type { CountryParts } from '../country-parts.ts'
import type { PortalWords } from '../portal-words.ts'
import { nationalCatalogue } from './catalogue.ts'
import { conceptSearch } from './concept-search.ts'
import type { Research } from './open-research.ts'
import { DCAT_PATH, inboxFolder, releaseFolder } from './paths.ts'
import { researchPeople } from './people.ts'
import { bodyOrganisation } from './settings.ts'

export interface ResearchPages {
  readonly parts: Pick<CountryParts, 'configuration' | 'description' | 'stores' | 'around'>
  readonly research: Research
  readonly people: Pick<RelyingParty, 'name' | 'origins'>
  readonly words: PortalWords
}

/** Answers the addresses of `isResearchPage`. */
export function researchPages({ parts, research, people, words }: ResearchPages): Hono {
  const { configuration, stores, around } = parts
  const { country, portal, home } = configuration
  const { procedures, cases, lists, errands, catalogue, work, settings, airlock, current, body } = research
  const { researcher, bodyOfficer, holderOfficer } = researchPeople(
    { country, origin: portal.origin, database: stores.database, now: () => new Date() },
    bodyOrganisation(settings),
  )
  const shared = {
    ...words,
    country,
    formOrigins: people.origins,
    onError: (error: unknown) => around.log.failure('page-failed', error),
  }
  const signIn = (to: string) => ({ href: `/sign-in?to=${encodeURIComponent(to)}`, provider: people.name })
  const audits = openEnvironmentAudits(stores.database, { ledger: stores.ledger, body })
  const followUps = openAuditFollowUps(stores.database, { ledger: stores.ledger, body, audits })
  /** What of the activity report does not follow from cases (Art. 59(1)). */
  const outside = async (period: ReportPeriod) => ({
    environmentAudits: await audits.countIn(period),
    auditMeasures: measuresNumbers(
      await followUps.demanding(),
      period,
      calendarOf(procedures, country).dayOf(new Date().toISOString()),
    ),
    labels: await labelsIssued(catalogue, period),
  })
  const app = new Hono()
  const dcat = nationalCatalogue({ store: catalogue, body: settings.body, country, origin: portal.origin })
  app.all(DCAT_PATH, (context) => dcat.fetch(context.req.raw))
  app.all(`${DCAT_PATH}/*`, (context) => dcat.fetch(context.req.raw))
  app.route(
    '/access-body',
    accessBodyPages({
      ...{ ...shared, procedures, cases, lists, errands, work, outside, audits, followUps, person: bodyOfficer },
      outputs: airlock.desk,
      optOuts: openOptOutRegister(stores.database, { ledger: stores.ledger, body }),
      personNumbers: parts.description.patientIdentifiers,
      tablesOf: async () => undefined,
      signIn: signIn('/access-body'),
    }),
  )
  app.route(
    '/holder',
    holderPages({
      ...{ ...shared, catalogue, cases, lists, errands, person: holderOfficer, signIn: signIn('/holder') },
      releases: openReleaseShelf({
        folder: releaseFolder(home),
        inbox: inboxFolder(home),
        load: {
          ...{ memory: settings.memory, threads: settings.threads },
          ...(settings.vocabulary === undefined ? {} : { vocabulary: settings.vocabulary }),
        },
      }),
      current,
      datasetBase: `${portal.origin}/catalogue/datasets/`,
    }),
  )
  app.route(
    '/research',
    researcherPages({
      ...{ ...shared, procedures, cases, lists, errands, catalogue, person: researcher, signIn: signIn('/research') },
      harvested: research.harvested,
      studies: openStudyStore(stores.database),
      concepts: conceptSearch(current.currentFiles),
      ask: research.ask,
      answer: research.answerTo,
      workspace: research.workspace,
    }),
  )
  return app.route(
    '/',
    publicPages({ ...shared, procedures, catalogue, harvested: research.harvested, register: lists, outside }),
  )
}
