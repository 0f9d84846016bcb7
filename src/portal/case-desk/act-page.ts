/** One thing that can be done in a case: its form, and what the case says to it. Nothing is changed by looking. */

import type { Problem } from '#platform/result/result.ts'
import type { PartCommand } from '#research/applications/case/commands.ts'
import type { Actor, Role } from '#research/applications/case/events.ts'
import type { ErrandRunner } from '#research/applications/exchange/errand-runner.ts'
import type { CaseStore, CaseStoreProblemCode } from '#research/applications/store/case-store.ts'
import { alert, button, checkbox, errorSummary, type FieldError, form } from '../ui/components.ts'
import { type Html, html, type Words } from '../ui/markup.ts'
import { readForm } from '../ui/signed-in.ts'
import { english, type PersonVisit, show, type WithWords } from '../ui/site.ts'
import type { Act, Acts, Asked, FactsOf, Written } from './act.ts'
import { type PartCommandKind, type PartSeen, type Standing, standingOf, tasksOf } from './acting.ts'
import { roleName } from './case-words.ts'
import type { DeskOptions, DeskPerson } from './desk.ts'
import { refused } from './refusal.ts'

export interface CaseStores {
  readonly cases: Pick<CaseStore, 'handle' | 'load' | 'events' | 'procedureFor'>
  /** Permits to issue, bodies to tell: done at once after a command, and again by a timer of the node. */
  readonly errands: Pick<ErrandRunner, 'run'>
}

type CaseOptions<Person extends DeskPerson> = DeskOptions<Person> & CaseStores
export type CaseVisit<Person extends DeskPerson> = PersonVisit<CaseOptions<Person>, Person>

export interface ActPages<Person extends DeskPerson> {
  readonly acts: Acts
  /** The person, once for each role that he holds. */
  readonly actorsOf: (person: Person) => readonly Actor[]
  readonly side: readonly Role[]
  /** What is said above the button, for instance what is stopped at once. */
  readonly warning?: (visit: CaseVisit<Person>, kind: PartCommandKind, seen: PartSeen) => Promise<Html | undefined>
}

/** The case of the address with this node's part in it. */
export async function seenPart<Person extends DeskPerson>(visit: CaseVisit<Person>): Promise<PartSeen | undefined> {
  const { options, context } = visit
  const state = await options.cases.load(context.req.param('case') ?? '')
  const part = state?.parts[options.country]
  return state && part ? { state, part, procedure: options.cases.procedureFor(state) } : undefined
}

interface OpenAct<Person extends DeskPerson> {
  readonly visit: CaseVisit<Person>
  readonly pages: ActPages<Person>
  readonly kind: PartCommandKind
  /** Its facts are those of its kind; which kind it is, only the address says. */
  readonly act: Act<PartCommandKind>
  readonly seen: PartSeen
  readonly standing: Standing
}

async function openAct<Person extends DeskPerson>(
  visit: CaseVisit<Person>,
  pages: ActPages<Person>,
): Promise<OpenAct<Person> | undefined> {
  const seen = await seenPart(visit)
  const found = Object.entries(pages.acts).find(([kind]) => kind === visit.context.req.param('act'))
  if (!seen || !found) return undefined
  const [kind, act] = found as [PartCommandKind, Act<PartCommandKind>]
  const standing = standingOf(kind, seen, pages.actorsOf(visit.person), tasksOf(kind, pages.side))
  return { visit, pages, kind, act, seen, standing }
}

function askedOf<Person extends DeskPerson>({ seen, visit }: OpenAct<Person>): Asked {
  return { seen, words: visit.words, now: visit.now }
}

export async function showAct<Person extends DeskPerson>(
  visit: CaseVisit<Person>,
  pages: ActPages<Person>,
): Promise<Response> {
  const open = await openAct(visit, pages)
  return open ? actPage(open, { form: undefined, errors: [] }) : refused(visit, 'not-found')
}

export async function performAct<Person extends DeskPerson>(
  visit: CaseVisit<Person>,
  pages: ActPages<Person>,
): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const open = await openAct(visit, pages)
  if (!open) return refused(visit, 'not-found')
  const { kind, act, seen, standing } = open
  if (!('actor' in standing)) return actPage(open, { form: sent, errors: [] })
  const read = await act.read(sent, askedOf(open))
  const unsure = act.confirm && sent.get('sure') !== 'yes'
  const errors: readonly FieldError[] = [
    ...('errors' in read ? read.errors : []),
    ...(unsure ? [{ field: 'sure', message: visit.words('access-body.fault.unsure') }] : []),
  ]
  if (errors.length > 0 || 'errors' in read) return actPage(open, { form: sent, errors })
  return give(visit, seen, {
    kind,
    actor: standing.actor,
    facts: read.facts,
    version: versionOf(sent),
    again: (problem) => actPage(open, { form: sent, errors: [], problem }),
  })
}

export interface Given {
  readonly kind: PartCommandKind
  readonly actor: Actor
  readonly facts: FactsOf<PartCommandKind>
  readonly version: number | undefined
  /** The form once more, with what the case said. */
  readonly again: (problem: Problem<CaseStoreProblemCode>) => Response | Promise<Response>
}

/** Gives the command, and when it is taken does what follows from it before the page comes back. */
export async function give<Person extends DeskPerson>(
  visit: CaseVisit<Person>,
  { state, part }: PartSeen,
  { kind, actor, facts, version, again }: Given,
): Promise<Response> {
  const { options, now, context } = visit
  // Facts and kind were read by the same entry of the table of acts.
  const command = { ...facts, kind, by: actor, at: now.toISOString(), memberState: part.memberState } as PartCommand
  const handled = await options.cases.handle(state.caseId, command, version)
  if (!handled.ok) return again(handled.problem)
  await options.errands.run()
  return context.redirect(visit.address(`/cases/${state.caseId}`, { done: kind }), 303)
}

export function versionOf(form: URLSearchParams): number | undefined {
  const version = Number(form.get('version') ?? '')
  return Number.isSafeInteger(version) && version > 0 ? version : undefined
}

interface ActState extends Written {
  readonly problem?: Problem<CaseStoreProblemCode>
}

async function actPage<Person extends DeskPerson>(open: OpenAct<Person>, state: ActState): Promise<Response> {
  const { visit, pages, kind, act, seen, standing } = open
  const { words, person } = visit
  const title = words.messages.text(`access-body.act.${kind}`)
  const warning = await pages.warning?.(visit, kind, seen)
  const sure = state.errors.find(({ field }) => field === 'sure')?.message
  const content = html`${caseCrumbs(visit, seen)}<h1>${title}</h1><p class="lead">${words(`access-body.act.${kind}.text`)}</p>
${errorSummary(words, state.errors)}${state.problem && problemAlert(visit, state.problem)}${
  'actor' in standing
    ? form({
        action: visit.address(`/cases/${seen.state.caseId}/${kind}`),
        token: person.token,
        content: html`<input type="hidden" name="version" value="${state.form?.get('version') ?? seen.state.version}">
${await act.render(askedOf(open), state)}${warning}${act.confirm && checkbox('sure', words('access-body.sure'), sure)}
<div class="actions">${button(html`${title}`)}</div><p class="small quiet">${words('access-body.acting-as')} ${roleName(visit, standing.actor.role)}</p>`,
      })
    : whyNot(visit, standing)
}`
  const status = state.problem ? 409 : state.errors.length > 0 ? 422 : 200
  return show(visit, { title, content, status })
}

export function caseCrumbs(visit: PersonVisit<DeskOptions<DeskPerson>, DeskPerson>, { state }: PartSeen): Html {
  return html`<p class="crumbs"><a href="${visit.address(`/cases/${state.caseId}`)}">${state.application?.title ?? state.caseId}</a></p>`
}

/** What the case said: in the reader's words by its code, and the sentence of the program, which has the details. */
export function problemAlert({ words }: WithWords, problem: Problem<string>): Html {
  const { code, sentence, next, place } = problem
  const where = place?.path ? html` <code>${place.path}</code>` : undefined
  return alert(
    'warning',
    problemWords(words, code),
    html`<p class="small">${english(`${sentence} ${next}`)}${where}</p>`,
  )
}

export function problemWords(words: Words, code: string): Html {
  const key = `access-body.problem.${code}`
  return words.messages.has(key) ? words(key) : words('access-body.problem.other')
}

/** Why a button is not there, and whose it is. */
export function whyNot(visit: WithWords, standing: Standing): Html | undefined {
  if ('actor' in standing) return undefined
  const { words } = visit
  const roles = standing.by.map((role) => words.messages.text(`access-body.role.${role}`))
  return html`<p class="acts off">${problemWords(words, standing.why)} <span class="sub">${words(
    'access-body.task-of',
    {
      roles: words.messages.formats.list(roles),
    },
  )}</span></p>`
}
