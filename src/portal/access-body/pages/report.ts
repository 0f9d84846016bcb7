/** The numbers of the activity report (EHDS Art. 59(1)) for a period, and the same as a file. */
import { isDay } from '#research/applications/calendar/civil-day.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import {
  type ActivityReport,
  activityReport,
  type Counts,
  type ReportPeriod,
} from '#research/applications/register/activity-report.ts'
import { rulesInForce } from '#research/applications/rules/rule-set.ts'
import { ruleText } from '../../case-desk/case-words.ts'
import { csvFile } from '../../case-desk/desk.ts'
import { button, linkButton, summaryList, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import { type BodyVisit, todayOf } from '../body-visit.ts'

export async function showReport(visit: BodyVisit): Promise<Response> {
  const { words } = visit
  const period = periodOf(visit)
  const report = await reportFor(visit, period)
  const content = html`<h1>${words('access-body.area.report')}</h1><p class="lead">${words('access-body.report.lead')}</p>${periodForm(visit, period)}
<h2>${moment(visit, period.from)} – ${moment(visit, period.to)}</h2>${mainNumbers(visit, report)}${groups(visit, report)}
<div class="actions">${linkButton(visit.address('/report.csv', { ...period }), words('access-body.csv'))}</div>`
  return show(visit, { title: words.messages.text('access-body.area.report'), content })
}

/** The last year unless told otherwise. */
function periodOf(visit: BodyVisit): ReportPeriod {
  const { context } = visit
  const today = todayOf(visit)
  const [from = '', to = ''] = [context.req.query('from'), context.req.query('to')]
  const last = isDay(to) ? to : today
  const isRange = isDay(from) && from <= last
  return { from: isRange ? from : `${Number(last.slice(0, 4)) - 1}-01-01`, to: last }
}

async function reportFor({ options }: BodyVisit, period: ReportPeriod): Promise<ActivityReport> {
  const outside = await options.outside?.(period)
  return activityReport(options.lists.allEvents(), {
    country: options.country,
    calendar: calendarOf(options.procedures, options.country),
    period,
    ...(outside ? { outside } : {}),
  })
}

function periodForm({ words, address }: BodyVisit, period: ReportPeriod): Html {
  return html`<form class="filters" method="get" action="${address('/report')}">${(['from', 'to'] as const).map(
    (name) =>
      textField(words, { name, label: words(`access-body.report.${name}`), value: period[name], width: 'medium' }),
  )}<input type="hidden" name="language" value="${words.language}">${button(words('access-body.cases.show'), 'other')}</form>`
}

/** Name of the number in the words and in the file → the number. */
function numbersOf({
  received,
  decisions,
  access,
  findings,
  fines,
  ...report
}: ActivityReport): Readonly<Record<string, number>> {
  return {
    'received-permits': received['data-permit'],
    'received-requests': received['data-request'],
    forwarded: report.forwardedByOthers,
    ...decisions,
    withdrawn: report.withdrawn,
    answered: access.cases,
    'average-days': Math.round((access.averageDays ?? 0) * 10) / 10,
    'findings-user': findings.user,
    'findings-holder': findings.holder,
    fines: fines.count,
    'fines-euros': fines.cents / 100,
    revoked: report.revoked,
    excluded: report.excluded,
    publications: report.publications,
    products: report.products,
    audits: report.environmentAudits,
    'measures-carried-out': report.auditMeasures.carriedOut,
    'measures-late': report.auditMeasures.late,
    'measures-overdue': report.auditMeasures.overdue,
  }
}

function mainNumbers({ words }: BodyVisit, report: ActivityReport): Html {
  const { number } = words.messages.formats
  return html`<section class="block">${summaryList(
    Object.entries(numbersOf(report)).map(([name, value]) => [
      words(`access-body.number.${name}`),
      html`${number(value)}`,
    ]),
  )}</section>`
}

/** Counts by code, in the words of the rules in force at the end of the period. */
function groups(visit: BodyVisit, report: ActivityReport): Html {
  const { words, options } = visit
  const rules = rulesInForce(options.procedures.ruleSets, report.period.to)
  const lists = [
    ['applicants', report.receivedByApplicantKind, rules?.applicantKinds],
    ['purposes', report.receivedByPurpose, rules?.purposes],
    ['categories', report.receivedByCategory, rules?.categories],
    ['labels', report.labels, undefined],
  ] as const
  return html`${lists.map(([name, counts, codes]) => {
    const label = (code: string): Html => {
      const found = codes?.find((one) => one.code === code)
      return found ? ruleText(visit, found.label) : html`${code}`
    }
    return (
      entriesOf(counts).length > 0 &&
      html`<section class="block"><h2>${words(`access-body.report.${name}`)}</h2>${summaryList(
        entriesOf(counts).map(([code, count]) => [label(code), html`${words.messages.formats.number(count)}`]),
      )}</section>`
    )
  })}`
}

function entriesOf(counts: Counts): readonly (readonly [string, number])[] {
  return Object.entries(counts)
}

export async function downloadReport(visit: BodyVisit): Promise<Response> {
  const period = periodOf(visit)
  const report = await reportFor(visit, period)
  const grouped = (group: string, counts: Counts) =>
    entriesOf(counts).map(([code, count]) => [group, code, count] as const)
  return csvFile(`activity-report-${visit.options.country}-${period.from}-${period.to}.csv`, [
    ['group', 'what', 'number'],
    ...Object.entries(numbersOf(report)).map(([name, value]) => ['', name, value] as const),
    ...grouped('applicant', report.receivedByApplicantKind),
    ...grouped('purpose', report.receivedByPurpose),
    ...grouped('category', report.receivedByCategory),
    ...grouped('label', report.labels),
  ])
}
