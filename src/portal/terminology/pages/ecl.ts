/** The console of the Expression Constraint Language: the question, its meaning in words, the concepts, or the mistake. */
import { alert, button } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { Edition, Evaluation } from '../browser.ts'
import { conceptLink, counted, pager } from '../terms.ts'
import type { Visit } from '../visit.ts'
import { explanationText } from './ecl-explanation.ts'

export interface EclPage {
  readonly editions: readonly Edition[]
  readonly edition: string
  readonly expression: string
  readonly page: number
  /** Undefined before anything was asked. */
  readonly evaluation?: Evaluation | undefined
}

export const LONGEST_EXPRESSION = 10_000

/** Examples with concepts of the free set of SNOMED CT; each has its sentence in the messages. */
const EXAMPLES: readonly (readonly [key: string, expression: string])[] = [
  ['descendants', '< 404684003 |Clinical finding|'],
  ['children', '<! 404684003 |Clinical finding|'],
  ['union', '<< 404684003 |Clinical finding| OR << 71388002 |Procedure|'],
  ['minus', '<< 404684003 |Clinical finding| MINUS << 64572001 |Disease|'],
  ['refinement', '< 404684003 |Clinical finding| : 363698007 |Finding site| = *'],
  ['term', '< 138875005 |SNOMED CT Concept| {{ term = "heart" }}'],
]

export function eclPage(visit: Visit, view: EclPage): Html {
  const { words } = visit
  const { editions, evaluation } = view
  return html`<h1>${words('terminology.ecl.title')}</h1><p class="lead">${words('terminology.ecl.lead')}</p>
${
  editions.length === 0
    ? alert(
        'information',
        words('terminology.ecl.no-edition.title'),
        html`<p>${words('terminology.ecl.no-edition.text')}</p>`,
      )
    : html`${consoleForm(visit, view)}${evaluation && outcome(visit, view, evaluation)}`
}`
}

function consoleForm(visit: Visit, { editions, edition, expression, evaluation }: EclPage): Html {
  const { words } = visit
  const wrong = evaluation?.kind === 'mistake'
  return html`<form class="console" action="${visit.site.base}/ecl" method="get">${
    visit.reader.chosen && html`<input type="hidden" name="language" value="${visit.reader.chosen}">`
  }
${
  editions.length > 1
    ? html`<div class="field"><label for="edition">${words('terminology.ecl.edition')}</label><select id="edition" name="edition">${editions.map(
        (one) =>
          html`<option value="${one.uri}"${one.uri === edition && html` selected`}>${one.name.text} – ${one.uri}</option>`,
      )}</select></div>`
    : html`<input type="hidden" name="edition" value="${edition}">`
}
<div class="field${wrong && ' wrong'}"><label for="expression">${words('terminology.ecl.expression')}</label><textarea id="expression" name="expression" rows="4" maxlength="${LONGEST_EXPRESSION}" spellcheck="false" autocapitalize="none" autocomplete="off" dir="ltr"${
    wrong && html` aria-invalid="true" aria-describedby="mistake"`
  }>${expression}</textarea></div>
<p class="actions">${button(words('terminology.ecl.button'))}</p>
<details class="scope"${expression === '' && html` open`}><summary>${words('terminology.ecl.examples')}</summary><ul class="examples">${EXAMPLES.map(
    ([key, text]) =>
      html`<li><a href="${visit.address('/ecl', { edition, expression: text })}">${words(
        `terminology.ecl.example.${key}`,
      )}</a><code>${text}</code></li>`,
  )}</ul></details></form>`
}

function outcome(visit: Visit, view: EclPage, evaluation: Evaluation): Html {
  const { words } = visit
  if (evaluation.kind === 'result') return results(visit, view, evaluation)
  if (evaluation.kind === 'mistake') return mistake(visit, view.expression, evaluation)
  return html`<div id="errors" tabindex="-1">${alert(
    'warning',
    words(`terminology.ecl.${evaluation.kind}.title`),
    html`<p>${words(`terminology.ecl.${evaluation.kind}.text`)}</p><p class="small" lang="en">${evaluation.sentence}</p>`,
  )}</div>`
}

function results(
  visit: Visit,
  { edition, expression, page }: EclPage,
  evaluation: Extract<Evaluation, { kind: 'result' }>,
): Html {
  const { words } = visit
  const { slice, explanation } = evaluation
  const href = (number: number): string =>
    visit.address('/ecl', { edition, expression, page: number > 1 ? number : undefined })
  return html`${
    explanation &&
    html`<section class="block" aria-labelledby="explanation"><h2 id="explanation">${words(
      'terminology.ecl.explanation',
    )}</h2><div class="explanation">${explanationText(visit, explanation)}</div></section>`
  }<section class="block" aria-labelledby="results"><h2 id="results">${
    slice.total === undefined
      ? words('terminology.search.results')
      : counted(visit, 'terminology.ecl.count', slice.total)
  }</h2>${
    slice.items.length === 0
      ? html`<p class="quiet">${words('terminology.ecl.empty')}</p>`
      : html`<ul class="children">${slice.items.map((item) => html`<li>${conceptLink(visit, item)}</li>`)}</ul>`
  }${pager(visit, { slice, page, href, label: words.messages.text('terminology.search.results') })}</section>`
}

const WIDTH = 60

/** The line with the mistake and a caret under it; the place is said in words too. */
function mistake(
  visit: Visit,
  expression: string,
  { line, column, sentence, expected }: Extract<Evaluation, { kind: 'mistake' }>,
): Html {
  const { words } = visit
  const source = expression.split(/\r?\n/)[line - 1] ?? ''
  // Only the surroundings of the mistake: a line may have ten thousand characters.
  const from = Math.max(0, column - 1 - WIDTH)
  const shown = `${from > 0 ? '…' : ''}${source.slice(from, column - 1 + WIDTH)}${source.length > column - 1 + WIDTH ? '…' : ''}`
  const caret = `${' '.repeat(column - 1 - from + (from > 0 ? 1 : 0))}^`
  return html`<div id="errors" tabindex="-1">${alert(
    'warning',
    words('terminology.ecl.mistake.title', { line, column }),
    html`<div id="mistake"><pre class="mistake"><code>${shown}
<span aria-hidden="true">${caret}</span></code></pre>${
      expected.length > 0
        ? html`<p>${words('terminology.ecl.mistake.expected')}</p><ul lang="en">${expected.map((one) => html`<li>${one}</li>`)}</ul>`
        : html`<p lang="en">${sentence}</p>`
    }</div>`,
  )}</div>`
}
