/**
 * Opt-outs from secondary use (EHDS Art. 71): one person is looked up, what he said is recorded. There is no list of persons, and no
 * field for a reason. Who it is comes in forms only: addresses stand in logs and histories.
 */
import type { Problem } from '#platform/result/result.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import type { OptOut } from '#research/omop/opt-out.ts'
import type { LookedUp } from '#research/omop/opt-outs/register.ts'
import { problemAlert } from '../../case-desk/act-page.ts'
import { refused } from '../../case-desk/refusal.ts'
import { alert, button, errorSummary, type FieldError, form, summaryList, tag, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { moment, show } from '../../ui/site.ts'
import { type BodyVisit, optOutClerkOf } from '../body-visit.ts'
import { momentSaid } from '../moment-said.ts'
import { type NamedPerson, nameOfKind, type PersonInput, personFields, readNamedPerson } from '../person-form.ts'

interface Asked {
  readonly input: PersonInput
  readonly errors: readonly FieldError[]
}

/** A person with what is recorded about him. */
interface Found {
  readonly person: NamedPerson
  readonly known: LookedUp
  readonly done?: 'recorded' | 'unchanged'
  readonly problem?: Problem
  readonly received?: { readonly value: string; readonly error: FieldError }
}

export function showOptOuts(visit: BodyVisit): Response {
  return askPage(visit, { input: {}, errors: [] })
}

/** Looks a person up, or records what he said and shows what stands then. */
export async function answerOptOuts(visit: BodyVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const clerk = optOutClerkOf(visit)
  if (!clerk) return refused(visit, 'not-found')
  const { optOuts } = visit.options
  const by = { person: clerk.person, role: clerk.role, through: 'page' } as const
  const input = { kind: sent.get('kind') ?? '', system: sent.get('system') ?? '', value: sent.get('value') ?? '' }
  const read = readNamedPerson(visit, input)
  if ('errors' in read) return askPage(visit, { input, errors: read.errors })
  const { person } = read
  const act = sent.get('act')
  if (act !== 'out' && act !== 'in') {
    return personPage(visit, { person, known: await optOuts.lookUp(person.identifier, by) })
  }
  const said = momentSaid(visit, act === 'out' ? (sent.get('received') ?? '') : '')
  if ('error' in said) {
    const received = { value: sent.get('received') ?? '', error: said.error }
    return personPage(visit, { person, known: await optOuts.lookUp(person.identifier, by), received })
  }
  const chosen = await optOuts.choose({ person: person.identifier, at: said.at, what: act }, by)
  const known = await optOuts.lookUp(person.identifier, by)
  return personPage(visit, {
    ...{ person, known },
    ...(chosen.ok ? { done: chosen.value } : { problem: chosen.problem }),
  })
}

function askPage(visit: BodyVisit, { input, errors }: Asked): Response {
  const { words, person } = visit
  const title = words.messages.text('access-body.area.opt-outs')
  const content = html`<h1>${title}</h1><p class="lead">${words('access-body.opt-outs.lead')}</p>${permitsAlert(visit)}${
    optOutClerkOf(visit)
      ? html`${errorSummary(words, errors)}<h2>${words('access-body.opt-outs.look-up')}</h2><p>${words('access-body.opt-outs.ledger')}</p>${form(
          {
            action: visit.address('/opt-outs'),
            token: person.token,
            content: html`${personFields(visit, input, errors)}<div class="actions">${button(words('access-body.opt-outs.look-up'))}</div>`,
          },
        )}`
      : html`<p class="acts off">${words('access-body.opt-outs.not-yours')}</p>`
  }`
  return show(visit, { title, content, status: errors.length > 0 ? 422 : 200 })
}

/** Art. 71(3). */
function permitsAlert({ words }: BodyVisit): Html {
  return alert(
    'information',
    words('access-body.opt-outs.permits.title'),
    html`<p>${words('access-body.opt-outs.permits')}</p>`,
  )
}

function personPage(visit: BodyVisit, found: Found): Response {
  const { words } = visit
  const { person, known, done, problem, received } = found
  const title = words.messages.text('access-body.opt-outs.person')
  const state = known.out
    ? tag(words('access-body.opt-outs.state.out'), 'warn')
    : tag(words('access-body.opt-outs.state.in'), 'good')
  const content = html`<p class="crumbs"><a href="${visit.address('/opt-outs')}">${words('access-body.area.opt-outs')}</a></p><h1>${title}</h1>${
    done && alert('success', words(`access-body.opt-outs.done.${done}`))
  }${received && errorSummary(words, [received.error])}${problem && problemAlert(visit, problem)}<section class="block">${summaryList(
    [
      [nameOfKind(visit, person), html`<code>${person.value}</code>`],
      [words('access-body.opt-outs.state'), state],
    ],
  )}${
    known.history.length === 0
      ? html`<p>${words('access-body.opt-outs.none')}</p>`
      : html`<h2>${words('access-body.opt-outs.history')}</h2><ol class="timeline">${known.history.map((optOut) =>
          historyLine(visit, optOut),
        )}</ol>`
  }</section>${actForm(visit, found)}`
  return show(visit, { title, content, status: problem ? 409 : received ? 422 : 200 })
}

/** The days are those where the body sits; the moments, by which permits are told apart, are UTC. */
function historyLine(visit: BodyVisit, { from, to }: OptOut): Html {
  const { words, options } = visit
  const { dayOf } = calendarOf(options.procedures, options.country)
  const exact = (at: string): Html => html`<span class="sub">${moment(visit, at)} UTC</span>`
  return html`<li>${moment(visit, dayOf(from))} <div><b>${words('access-body.opt-outs.from')}</b> ${exact(from)}</div></li>${
    to !== undefined &&
    html`<li>${moment(visit, dayOf(to))} <div><b>${words('access-body.opt-outs.to')}</b> ${exact(to)}</div></li>`
  }`
}

/** What can be recorded now: the other of the two. */
function actForm(visit: BodyVisit, { person: { kind, system, value }, known: { out }, received }: Found): Html {
  const { words, person } = visit
  const act = out ? 'in' : 'out'
  return html`<h2>${words(`access-body.opt-outs.act.${act}`)}</h2><p>${words('access-body.opt-outs.no-reason')}</p>${permitsAlert(visit)}${form(
    {
      action: visit.address('/opt-outs'),
      token: person.token,
      content: html`<input type="hidden" name="kind" value="${kind}"><input type="hidden" name="system" value="${system}"><input type="hidden" name="value" value="${value}"><input type="hidden" name="act" value="${act}">${
        act === 'out' &&
        textField(words, {
          ...{ name: 'received', label: words('access-body.opt-outs.received'), optional: true, width: 'medium' },
          ...{ help: words('access-body.opt-outs.received.help'), longest: 10 },
          ...{ value: received?.value, error: received?.error.message },
        })
      }<div class="actions">${button(words(`access-body.opt-outs.act.${act}`))}</div>`,
    },
  )}`
}
