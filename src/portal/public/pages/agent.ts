/** An organisation of a description, and how to reach it. */
import type { Agent } from '#research/catalogue/record/dataset-record.ts'
import { type Html, html } from '../../ui/markup.ts'
import { textOf, wholeLink } from '../dataset-words.ts'
import type { Visit } from '../visit.ts'

export function agentFacts(visit: Visit, agent: Agent | undefined): Html | undefined {
  if (!agent) return undefined
  const { contactPoint, homepage } = agent
  const lines = [
    ...(homepage === undefined ? [] : [wholeLink(homepage)]),
    ...(contactPoint?.email ?? []).map(({ value }) => wholeLink(value)),
    ...(contactPoint?.page ?? []).map((page) => wholeLink(page)),
    ...(contactPoint?.telephone ?? []).map(({ value }) => html`${value}`),
  ]
  return html`${textOf(visit, agent.name) ?? agent.node ?? ''}${lines.map((line) => html`<br>${line}`)}`
}
