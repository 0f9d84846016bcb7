/** An expression constraint in the reader's words: what has parts becomes a list, what has none a sentence. */
import { type Html, html } from '../../ui/markup.ts'
import type { Explanation } from '../browser.ts'
import { conceptLink } from '../terms.ts'
import type { Visit } from '../visit.ts'

/** Deeper than a person follows; the expression itself stands above. */
const DEEPEST = 12

export function explanationText(visit: Visit, explanation: Explanation, depth = 0): Html {
  const { words } = visit
  if (depth > DEEPEST) return html`…`
  const deeper = (part: Explanation): Html => explanationText(visit, part, depth + 1)
  const list = (parts: readonly Explanation[]): Html =>
    html`<ul>${parts.map((part) => html`<li>${deeper(part)}</li>`)}</ul>`
  switch (explanation.kind) {
    case 'concept':
      return conceptLink(visit, explanation.concept)
    case 'any':
      return words('terminology.explanation.any')
    case 'value':
      return html`<code>${explanation.text}</code>`
    case 'source':
      return html`<code>${explanation.text}</code>`
    case 'operator':
      return html`${words(`terminology.explanation.${explanation.operator}`)} ${deeper(explanation.of)}`
    case 'all':
    case 'some':
    case 'minus':
      return html`${words(`terminology.explanation.${explanation.kind}`)}${list(explanation.parts)}`
    case 'refined':
      return html`${deeper(explanation.of)}<p>${words('terminology.explanation.refined')}</p>${list(explanation.conditions)}`
    case 'group':
      return html`${words('terminology.explanation.group')}${cardinality(visit, explanation.cardinality)}${list(explanation.conditions)}`
    case 'attribute':
      return html`${explanation.reverse && html`${words('terminology.explanation.reverse')} `}${deeper(explanation.name)}${cardinality(
        visit,
        explanation.cardinality,
      )} ${words(`terminology.explanation.comparison.${COMPARISON[explanation.comparison]}`)} ${deeper(explanation.value)}`
    case 'dotted':
      return html`${words('terminology.explanation.dotted')} ${deeper(explanation.attribute)} ${words('terminology.explanation.dotted-of')} ${deeper(explanation.of)}`
    case 'filtered':
      return html`${deeper(explanation.of)}<p>${words('terminology.explanation.filtered')}</p><ul>${explanation.filters.map((filter) => html`<li><code>${filter}</code></li>`)}</ul>`
  }
}

const COMPARISON = {
  '=': 'equal',
  '!=': 'not-equal',
  '<': 'less',
  '<=': 'at-most',
  '>': 'more',
  '>=': 'at-least',
} as const

function cardinality({ words }: Visit, text: string | undefined): Html {
  return text === undefined ? html`` : html` ${words('terminology.explanation.cardinality', { range: text })}`
}
