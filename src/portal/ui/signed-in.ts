/** Pages for somebody who is signed in: the guard before every one of them, the forms of his session, and refusals. */
import { type Context, Hono } from 'hono'
import { answerAsset } from './assets.ts'
import { linkButton } from './components.ts'
import {
  openVisit,
  type PersonVisit,
  refusal,
  type SignedIn,
  type Site,
  type SiteOptions,
  show,
  type Visit,
} from './site.ts'

export interface SignedInOptions<Person extends SignedIn> extends SiteOptions {
  /** Who asks; undefined for somebody who may not see these pages. */
  readonly person: (request: Request) => Promise<Person | undefined>
  /** Where somebody who is not signed in can sign in, and what the provider is called. */
  readonly signIn?: { readonly href: string; readonly provider: string }
  /** Where the pages are mounted, without a slash at the end. */
  readonly base?: string
}

/** Answers in the place of a page: to somebody who may not see it, and when the program failed. */
export interface Refusals<Options extends SiteOptions> {
  nobody(visit: Visit<Options>): Response
  failed(visit: Visit<Options>): Response
}

/**
 * The application of such pages without the pages themselves, and what their routes are made of: nothing is answered before
 * it is known who asks.
 */
export function openSignedIn<Options extends SignedInOptions<Person>, Person extends SignedIn>(
  site: Site<Options>,
  { nobody, failed }: Refusals<Options>,
) {
  const { options, assets } = site
  const app = new Hono()
  const route =
    (answer: (visit: PersonVisit<Options, Person>) => Response | Promise<Response>) =>
    async (context: Context): Promise<Response> => {
      const visit = openVisit(site, context)
      const person = await options.person(context.req.raw)
      return person ? answer({ ...visit, person }) : nobody(visit)
    }
  app.get('/assets/:name', (context) => answerAsset(assets, context.req.raw))
  app.onError((error, context) => {
    options.onError?.(error)
    return failed(openVisit(site, context))
  })
  return { app, route }
}

/** The form that was sent, or undefined when it did not come from this session. */
export async function readForm({
  context,
  person,
}: PersonVisit<SiteOptions, SignedIn>): Promise<URLSearchParams | undefined> {
  const form = new URLSearchParams(await context.req.text())
  return person.isToken(form.get('form-token') ?? '') ? form : undefined
}

const STATUS = { 'not-found': 404, 'foreign-form': 403, 'server-error': 500 } as const
export type Refused = keyof typeof STATUS

/** Keys of what a refusal says. */
export interface RefusalKeys {
  readonly title: string
  readonly text: string
  /** Of the link to the first page. */
  readonly home: string
}

/** A page that is not there, a form that is not ours, an error: somebody who is not signed in is led to where he can be. */
export function showRefusal<Options extends SignedInOptions<Person>, Person extends SignedIn>(
  visit: Visit<Options> | PersonVisit<Options, Person>,
  why: Refused,
  { title, text, home }: RefusalKeys,
): Response {
  const { words, options } = visit
  const { signIn } = options
  const way =
    'person' in visit
      ? linkButton(visit.address(''), words(home), 'main')
      : signIn && linkButton(signIn.href, words('portal.home.sign-in', { provider: signIn.provider }), 'main')
  const content = refusal(words(title), words(text), way)
  return show(visit, { title: words.messages.text(title), status: STATUS[why], content })
}
