/** The way out: what was made inside, requests to let it out, and what a checker said. */
import type { RequestView } from '#research/workspace/airlock/views.ts'
import { button, form, tag, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { day } from '../../ui/site.ts'
import { refused } from '../refusal.ts'
import { goTo } from '../visit.ts'
import { insidePage } from './inside-page.ts'
import { type InsideVisit, workspaceAddress } from './visit.ts'

const LONGEST = 5000

export async function outputsBlock(visit: InsideVisit): Promise<Html> {
  const { words, person, workspace, live } = visit
  const outputs = await workspace.airlock.outputsOf(live.permit)
  if (outputs.length === 0)
    return html`<section class="block"><h2>${words('research.outputs')}</h2><p>${words('research.outputs.none')}</p></section>`
  return html`<section class="block"><h2>${words('research.outputs')}</h2>${form({
    action: workspaceAddress(visit, '/request'),
    token: person.token,
    content: html`<fieldset class="field"><legend>${words('research.outputs.choose')}</legend>${outputs.map(
      ({ id, title, tool, at }, index) =>
        html`<div class="choice"><input type="checkbox" id="output-${index}" name="output" value="${id}"><label for="output-${index}"><span>${title} <span class="quiet">${toolWords(visit, tool)}, ${day(visit, at)}</span></span></label></div>`,
    )}</fieldset>${textField(words, { name: 'description', label: words('research.outputs.description'), help: words('research.outputs.description.help'), rows: 3, longest: LONGEST })}<div class="actions">${button(words('research.outputs.request'))}</div>`,
  })}</section>`
}

function toolWords({ words }: InsideVisit, tool: string): string {
  const key = `research.tool.${tool}`
  return words.messages.has(key) ? words.messages.text(key) : tool
}

export async function requestsBlock(visit: InsideVisit): Promise<Html | undefined> {
  const { words, workspace, live } = visit
  const requests = await workspace.airlock.requestsOf(live.permit)
  if (requests.length === 0) return undefined
  return html`<section class="block"><h2>${words('research.requests')}</h2><ul class="chosen">${requests.map((request) => requestItem(visit, request))}</ul></section>`
}

function requestItem(visit: InsideVisit, { id, at, status, description, words: said }: RequestView): Html {
  const { words, person } = visit
  const action = (what: string): string => workspaceAddress(visit, `/requests/${encodeURIComponent(id)}/${what}`)
  const tone = status === 'approved' ? 'good' : status === 'question' || status === 'refused' ? 'warn' : 'plain'
  const withdraw =
    (status === 'waiting' || status === 'question') &&
    form({
      action: action('withdraw'),
      token: person.token,
      inline: true,
      content: button(words('research.requests.withdraw'), 'link'),
    })
  return html`<li><span>${tag(words(`research.request.${status}`), tone)} <span class="written">${description}</span><span class="sub">${day(visit, at)}</span>${
    said !== undefined && html`<blockquote class="written">${said}</blockquote>`
  }</span>${status === 'approved' && html`<a class="btn main" href="${action('collect')}">${words('research.requests.collect')}</a>`}${withdraw}${
    status === 'question' &&
    form({
      action: action('answer'),
      token: person.token,
      content: html`${textField(words, { name: 'words', label: words('research.requests.answer'), rows: 3, longest: LONGEST })}<div class="actions">${button(words('research.requests.send'))}</div>`,
    })
  }</li>`
}

export async function requestRelease(visit: InsideVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { memberState, id } = visit.live.permit
  const asked = await visit.workspace.airlock.request({
    person: visit.person.identifier,
    permit: { memberState, id },
    outputs: sent.getAll('output').slice(0, 100),
    description: (sent.get('description') ?? '').trim().slice(0, LONGEST),
  })
  return asked.ok ? goTo(visit, workspaceAddress(visit)) : insidePage(visit, { problem: asked.problem })
}

export async function changeRequest(visit: InsideVisit): Promise<Response> {
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const { airlock } = visit.workspace
  const request = visit.context.req.param('request') ?? ''
  const said = (sent.get('words') ?? '').trim().slice(0, LONGEST)
  const isAnswer = visit.context.req.param('what') === 'answer'
  const changed = isAnswer
    ? await airlock.answer(visit.person.identifier, request, said)
    : await airlock.withdraw(visit.person.identifier, request)
  return changed.ok ? goTo(visit, workspaceAddress(visit)) : insidePage(visit, { problem: changed.problem })
}

/** What a checker has let out, as a file. */
export async function collectRelease(visit: InsideVisit): Promise<Response> {
  const collected = await visit.workspace.airlock.collect(
    visit.person.identifier,
    visit.context.req.param('request') ?? '',
  )
  if (!collected.ok) return insidePage(visit, { problem: collected.problem })
  const { name, bytes } = collected.value
  return visit.context.body(bytes, 200, {
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]+/g, '_')}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
}
