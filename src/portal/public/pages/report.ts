/** The numbers of the activity report (Art. 59(1)), for a year or any period, as the events of all cases give them. */
import type { Phrase } from '#platform/i18n/messages.ts'
import { addDays, isDay } from '#research/applications/calendar/civil-day.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import type { ActivityReport, Counts, ReportPeriod } from '#research/applications/register/activity-report.ts'
import { barChart } from '../../ui/charts/bars.ts'
import { button, errorSummary, linkButton, textField } from '../../ui/components.ts'
import { type Html, html, inLanguage } from '../../ui/markup.ts'
import { show } from '../../ui/site.ts'
import type { ReportShelf } from '../report-shelf.ts'
import { REPORT, type RegisterVisit, rulesOf, ruleText } from '../visit.ts'

export async function showReport(visit: RegisterVisit, shelf: ReportShelf): Promise<Response> {
  const { words, context } = visit
  const { period, wrong } = periodOf(visit)
  const report = await shelf.reportFor(period)
  const title = words.messages.text('catalogue.page.report.title')
  const language = context.req.query('language')
  const error = words('catalogue.page.report.period.wrong')
  return show(visit, {
    title,
    status: wrong ? 400 : 200,
    content: html`<h1>${title}</h1><p class="lead">${words('catalogue.page.report.lead', { body: visit.options.procedures.body.name })}</p>
${errorSummary(words, wrong ? [{ field: 'from', message: error }] : [])}
<form class="filters" method="get" action="${visit.address(REPORT)}">${language && html`<input type="hidden" name="language" value="${language}">`}${textField(
      words,
      {
        name: 'from',
        label: words('catalogue.page.report.from'),
        help: words('catalogue.page.report.day'),
        value: period.from,
        width: 'medium',
        error: wrong ? error : undefined,
      },
    )}${textField(words, { name: 'to', label: words('catalogue.page.report.to'), help: words('catalogue.page.report.day'), value: period.to, width: 'medium' })}<p>${button(
      words('catalogue.page.report.show'),
    )} ${linkButton(visit.address(`${REPORT}.csv`, { ...period }), words('catalogue.page.report.csv'))}</p></form>
${groupsOf(visit, report).map((group, index) => groupBlock(visit, group, index))}`,
  })
}

/** The same numbers for spreadsheets. */
export async function downloadReport(visit: RegisterVisit, shelf: ReportShelf): Promise<Response> {
  const { period } = periodOf(visit)
  const report = await shelf.reportFor(period)
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const lines = groupsOf(visit, report).flatMap(({ name, rows }) =>
    rows.map(({ code, value }) => [quoted(name), quoted(code), String(value)].join(',')),
  )
  return visit.context.body(['group,number,value', ...lines, ''].join('\r\n'), 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="activity-${period.from}-${period.to}.csv"`,
    'x-content-type-options': 'nosniff',
  })
}

/** As the address says; otherwise the year that runs. */
function periodOf({ context, options, now }: RegisterVisit): {
  readonly period: ReportPeriod
  readonly wrong: boolean
} {
  const today = calendarOf(options.procedures, options.procedures.body.country).dayOf(now.toISOString())
  const usual = { from: `${today.slice(0, 4)}-01-01`, to: today }
  const from = (context.req.query('from') ?? usual.from).trim()
  const to = (context.req.query('to') ?? usual.to).trim()
  const wrong = !isDay(from) || !isDay(to) || from > to || to > addDays(from, 3660)
  return wrong ? { period: usual, wrong } : { period: { from, to }, wrong }
}

interface Group {
  readonly name: string
  readonly rows: readonly ({ readonly code: string; readonly value: number } & Phrase)[]
}

function groupsOf(visit: RegisterVisit, report: ActivityReport): readonly Group[] {
  const { words } = visit
  const rules = rulesOf(visit)
  const named = (name: string, values: Readonly<Record<string, number | undefined>>): Group => ({
    name,
    rows: Object.entries(values).flatMap(([code, value]) =>
      value === undefined ? [] : [{ code, value, ...words.messages.phrase(`catalogue.page.report.number.${code}`) }],
    ),
  })
  const coded = (name: string, counts: Counts, list: Parameters<typeof ruleText>[1]): Group => ({
    name,
    rows: Object.entries(counts).map(([code, value]) => ({ code, value, ...ruleText(visit, list, code) })),
  })
  const { received, decisions, access, findings, fines } = report
  const groups = [
    named('received', {
      applications: received['data-permit'],
      requests: received['data-request'],
      forwarded: report.forwardedByOthers,
      withdrawn: report.withdrawn,
    }),
    named('decisions', { ...decisions }),
    named('access', {
      cases: access.cases,
      days: access.averageDays === undefined ? undefined : Math.round(access.averageDays),
    }),
    named('supervision', {
      user: findings.user,
      holder: findings.holder,
      fines: fines.count,
      euros: fines.cents / 100,
      revoked: report.revoked,
      excluded: report.excluded,
      ...(visit.options.outside ? auditNumbers(report) : {}),
    }),
    named('fees', { revenue: report.revenueCents / 100 }),
    named('results', { publications: report.publications, products: report.products }),
    coded('applicants', report.receivedByApplicantKind, rules.applicantKinds),
    coded('purposes', report.receivedByPurpose, rules.purposes),
    coded('categories', report.receivedByCategory, rules.categories),
    {
      name: 'labels',
      rows: Object.entries(report.labels).map(([code, value]) => {
        return { code, value, ...words.messages.phrase(`catalogue.page.label.group.${code}`) }
      }),
    },
  ]
  return groups.filter(({ rows }) => rows.length > 0)
}

/** Audits of environments, and what became of the measures that they demanded (Art. 59(1), 73(3)). */
function auditNumbers({ environmentAudits, auditMeasures }: ActivityReport) {
  const { carriedOut, late, overdue } = auditMeasures
  return { audits: environmentAudits, measures: carriedOut, measuresLate: late, measuresOverdue: overdue }
}

/** Groups whose numbers are parts of the same thing, and are compared in a picture. */
const COMPARED: readonly string[] = ['applicants', 'purposes', 'categories', 'labels']

function groupBlock({ words }: RegisterVisit, { name, rows }: Group, index: number): Html {
  const { messages } = words
  const number = (value: number): string => messages.formats.number(value)
  const title = messages.text(`catalogue.page.report.group.${name}`)
  const picture = barChart({
    id: `report-${index}`,
    title,
    description: messages.text('catalogue.page.report.picture'),
    bars: rows.map(({ text, value }) => ({ label: text, value, shown: number(value) })),
  })
  return html`<section class="block"><h2>${title}</h2>${COMPARED.includes(name) && html`<figure class="noprint">${picture}</figure>`}<table class="numbers"><caption class="vh">${title}</caption><tbody>${rows.map(
    ({ text, language, value }) =>
      html`<tr><th scope="row">${inLanguage(text, language, words.language)}</th><td>${number(value)}</td></tr>`,
  )}</tbody></table></section>`
}
