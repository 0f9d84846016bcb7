/** For tests: a country B, a ledger and an identity provider that stand in for the real ones, and a browser without a screen. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditEvent } from 'fhir/r4'
import type { Hono } from 'hono'
import type { CareProblemCode } from '#care/context/care-context.ts'
import type { Candidate, CountryB, DocumentEntry, RetrievedDocument } from '#care/country-b/country-b.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { type Messages, openMessages } from '#platform/i18n/messages.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Ledger, LedgerEntry } from '#trust/ledger/ledger.ts'
import { peopleMigrations } from '#trust/people/migrations.ts'
import type { Person } from '#trust/people/person.ts'
import type { Professional } from '#trust/people/professional.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import { readSearchMask } from '#wire/discovery/search-mask.ts'
import { journeyMigrations } from './journey-store.ts'
import { type PortalOptions, professionalPortal } from './portal.ts'
import { type FakeOriginals, type FakePharmacy, fakeOriginals, fakePharmacy } from './test-pharmacy.ts'

export const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
export const ORIGIN = 'http://127.0.0.1:4000'

export const MARIA: Candidate = {
  identifier: 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456',
  otherIdentifiers: [],
  family: 'FERREIRA',
  given: ['Maria', 'João'],
  birthDate: '1958-04-12',
  gender: 'female',
}

export const SUMMARY: DocumentEntry = {
  id: 'urn:oid:2.16.17.710.820.1000.990.2.1|summary-of-maria',
  type: '60591-5',
  title: 'Resumo clínico do utente',
  date: '2026-11-03',
  author: 'Dra. Inês Carvalho',
  language: 'pt',
  renditions: [
    { contentType: 'application/fhir+json', url: 'Bundle/1', kind: 'structured' },
    { contentType: 'application/pdf', url: 'Binary/1', kind: 'pdf' },
  ],
}

const EMPTY: ClinicalDocument = {
  bundle: { resourceType: 'Bundle', type: 'document' },
  kind: 'patient-summary',
  origin: { format: 'cda', level: 3, language: 'pt' },
  account: { statements: [], notCarried: [] },
}

export interface FakeCountryB extends CountryB {
  /** What was asked, in order. */
  readonly asked: readonly string[]
  readonly pharmacy: FakePharmacy
  readonly originals: FakeOriginals
  /** The next answers; the defaults find Maria João Ferreira and her summary. */
  answers: {
    identify: Result<readonly Candidate[], CareProblemCode>
    documents: Result<readonly DocumentEntry[], CareProblemCode>
    retrieve: Result<RetrievedDocument, CareProblemCode>
  }
}

export function fakeCountryB(document: ClinicalDocument = EMPTY): FakeCountryB {
  const asked: string[] = []
  const services = (
    identification: 'available' | 'unavailable',
    summary: 'available' | 'unavailable' | 'not-offered',
  ) => [
    { kind: 'patient-identification' as const, state: identification },
    { kind: 'patient-summary' as const, state: summary },
  ]
  const checkedAt = '2026-11-24T14:00:00Z'
  return {
    asked,
    answers: {
      identify: ok([MARIA]),
      documents: ok([SUMMARY]),
      retrieve: ok({ entry: SUMMARY, document, pdf: new TextEncoder().encode('%PDF-1.7 original') }),
    },
    async countries() {
      return [
        { country: 'PT', services: services('available', 'available'), checkedAt },
        { country: 'EE', services: services('available', 'available'), checkedAt },
        { country: 'GR', services: services('unavailable', 'unavailable'), checkedAt },
        { country: 'DK', services: services('available', 'not-offered'), checkedAt },
        { country: 'FR', services: services('available', 'available'), checkedAt },
      ]
    },
    async searchMask(country) {
      asked.push(`mask ${country}`)
      const mask = readSearchMask(readFileSync(join(DATA, 'search-masks', `InternationalSearch_${country}.xml`)))
      return mask.ok ? mask : refusal('ERROR_GENERIC')
    },
    async identify(_, country, answers) {
      asked.push(`identify ${country} ${JSON.stringify(answers)}`)
      return this.answers.identify
    },
    async documents(context) {
      asked.push(`documents ${context.patient} ${context.purpose}`)
      return this.answers.documents
    },
    async retrieve(context, id) {
      asked.push(`retrieve ${context.patient} ${id}`)
      return this.answers.retrieve
    },
    pharmacy: fakePharmacy(document),
    originals: fakeOriginals(),
  }
}

export function refusal(code: CareProblemCode): Result<never, CareProblemCode> {
  return failed(code, 'A refusal of the test.', 'Nothing.')
}

export function memoryLedger(): Ledger & { readonly events: AuditEvent[] } {
  const events: AuditEvent[] = []
  const entry = (event: AuditEvent, index: number): LedgerEntry => ({
    sequence: index + 1,
    recorded: event.recorded,
    previousHash: '0'.repeat(64),
    hash: '0'.repeat(64),
    event,
  })
  return {
    events,
    append: async (event) => entry(event, events.push(event) - 1),
    list: async ({ limit }) => events.map(entry).slice(-(limit ?? events.length)),
    verify: async () => ({ intact: true, entries: events.length, head: '' }),
  }
}

const DOCTOR: Professional = {
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
  given: 'Claire',
  family: 'MARTIN',
  role: { code: '2211', display: 'Generalist medical practitioners' },
  profession: 'Médecin',
  organisation: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101',
    name: 'Centre de santé du Lac',
    kind: 'Resident Physician',
  },
  country: 'FR',
  assurance: 'eidas1',
}

/** A person with one exercise, or with the ones given. */
export function person(...exercises: readonly Partial<Professional>[]): Person {
  const { identifier, given, family, assurance } = DOCTOR
  const list = exercises.length === 0 ? [{}] : exercises
  return { identifier, given, family, assurance, exercises: list.map((exercise) => ({ ...DOCTOR, ...exercise })) }
}

/** Signs in whoever `who` says, without leaving the house. */
export function fakePeople(who: () => Person): RelyingParty {
  const pending = { state: 'state-of-this-sign-in', nonce: 'nonce', verifier: 'verifier' }
  return {
    name: 'Pro Santé Connect',
    origins: ['http://127.0.0.1:4005'],
    begin: async () => ok({ address: new URL(`http://127.0.0.1:4005/auth?state=${pending.state}`), pending }),
    complete: async (callback, remembered) =>
      callback.searchParams.get('code') === 'good' && remembered.verifier === pending.verifier
        ? ok({ person: who(), idToken: 'id-token' })
        : failed('sign-in-refused', 'No.', 'No.'),
    personOf: async () => ok(who()),
    signInWithoutBrowser: async () => ok({ person: who(), idToken: 'id-token', accessToken: 'access-token' }),
    signOutAddress: async () => new URL('http://127.0.0.1:4005/logout'),
  }
}

export interface TestPortal {
  readonly app: Hono
  readonly countryB: FakeCountryB
  readonly ledger: ReturnType<typeof memoryLedger>
  readonly database: Database
  readonly clock: { now: Date }
  readonly errors: unknown[]
}

export async function testPortal(
  change: Partial<PortalOptions> & { readonly who?: () => Person; readonly document?: ClinicalDocument } = {},
): Promise<TestPortal> {
  const database = change.database ?? (await openDatabase('sqlite::memory:'))
  await migrate(database, [...peopleMigrations, ...journeyMigrations])
  const countryB = fakeCountryB(change.document)
  const ledger = memoryLedger()
  const clock = { now: new Date('2026-11-24T14:00:00Z') }
  const errors: unknown[] = []
  const opened = new Map<string, Messages>()
  const messages = (language: string): Messages => {
    const found = opened.get(language) ?? openMessages(join(DATA, 'messages'), language)
    opened.set(language, found)
    return found
  }
  const app = professionalPortal({
    country: 'FR',
    origin: ORIGIN,
    languages: ['fr', 'en'],
    helpLine: { phone: '0 800 000 000', hours: '24 h/24' },
    countryB,
    mayUse: (service, { role }) => role?.code === '2262' || service !== 'edispensation',
    people: fakePeople(change.who ?? (() => person())),
    database,
    ledger,
    messages,
    rendering: {
      fragment: (_, __, { actions, context }) => `<h1>FERREIRA Maria João</h1>${actions}${context}`,
      pdf: async () => new TextEncoder().encode('%PDF-1.7 bilingual'),
      file: () => undefined,
      posology: () => [
        { words: '1 comprimé par jour', original: ['1 comprimido por dia'], originalLanguage: 'pt', complete: true },
      ],
      designate: ({ code }, language) => (code === 'B01AA03' ? { term: 'Warfarine', language } : undefined),
      stylesheets: [],
    },
    data: DATA,
    now: () => clock.now,
    onError: (error) => errors.push(error),
    ...change,
  })
  return { app, countryB, ledger, database, clock, errors }
}

export interface Answer {
  readonly status: number
  readonly path: string
  readonly text: string
  readonly headers: Headers
  /** The words of the first `h1`. */
  readonly heading: string
}

/** Follows redirects inside the portal, keeps cookies, fills forms: what a browser does, without a screen. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #app: Hono

  constructor(app: Hono) {
    this.#app = app
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#follow(path, { headers })
  }

  /** Sends the first form of a page whose action is `action`, with its hidden fields and the given ones. */
  async submit(page: Answer, action: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const form = [...page.text.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)].find(
      ([, to]) => to === action,
    )
    if (!form) throw new Error(`The page has no form to ${action}: ${page.heading}`)
    const body = new URLSearchParams()
    for (const [, name, value] of (form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
      body.set(name ?? '', value ?? '')
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    return this.post(action, body)
  }

  async post(path: string, body: URLSearchParams): Promise<Answer> {
    return this.#follow(path, {
      method: 'POST',
      body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  }

  async signIn(): Promise<Answer> {
    const away = await this.#app.request(`${ORIGIN}/sign-in`)
    this.#keep(away)
    const state = new URL(away.headers.get('location') ?? '').searchParams.get('state')
    return this.get(`/sign-in/callback?code=good&state=${state}`)
  }

  async #follow(path: string, init: RequestInit): Promise<Answer> {
    let address = new URL(path, ORIGIN)
    let request: RequestInit = init
    for (let hop = 0; hop < 8; hop += 1) {
      const headers = new Headers(request.headers)
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
      const response = await this.#app.request(address.href, { ...request, headers })
      this.#keep(response)
      const location = response.headers.get('location')
      const next = location === null ? undefined : new URL(location, address)
      if (!next || next.origin !== ORIGIN) return answerOf(response, next?.href ?? address.pathname + address.search)
      address = next
      request = {}
    }
    throw new Error(`The portal leads in circles at ${address.pathname}.`)
  }

  #keep(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const [name = '', value = ''] = pair.split('=')
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }
}

async function answerOf(response: Response, path: string): Promise<Answer> {
  const text = await response.text()
  const heading = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? ''
  return { status: response.status, path, text, headers: response.headers, heading: heading.replace(/<[^>]+>/g, '') }
}
