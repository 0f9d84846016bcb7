/** The summary as plain text of 80 columns: for terminals, mail, and readers without a browser. */
import { plainText } from '#platform/html/sanitise.ts'
import { rowMarks } from './row-marks.ts'
import type { Inline, Line, Row, Section, SummaryView, Tag } from './summary-view.ts'

const WIDTH = 80

/** Breaks text at spaces; continuation lines are indented. A word longer than the line stands alone. */
export function wrap(text: string, first = '', rest = first): string {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = lines.length === 0 ? first : rest
    let empty = true
    for (const word of paragraph.split(' ')) {
      if (!empty && line.length + 1 + word.length > WIDTH) {
        lines.push(line)
        line = rest
        empty = true
      }
      line += empty ? word : ` ${word}`
      empty = false
    }
    lines.push(line.trimEnd())
  }
  return lines.join('\n')
}

function inlineText(inline: Inline): string {
  if (typeof inline === 'string') return inline
  switch (inline.kind) {
    case 'coding':
      return [inline.systemName, inline.code, inline.display].filter((part) => part).join(' ')
    case 'mark':
      return ` [${inline.text}]`
    case 'narrative':
      return plainText(inline.html).replace(/\n/g, ' / ')
    default:
      return inline.text
  }
}

function lineText(line: Line): string {
  return line.map(inlineText).join('')
}

function tagsText(tags: readonly Tag[]): string {
  return tags.map(({ text, tone }) => ` [${tone === 'danger' ? '! ' : ''}${inlineText(text)}]`).join('')
}

function rowText(row: Row, view: SummaryView): string {
  const indent = '  '.repeat(row.level)
  const marks = rowMarks(row, view)
    .map((words) => ` [${words}]`)
    .join('')
  const out = [wrap(`${lineText(row.term)}${marks}${tagsText(row.tags)}`, `${indent}- `, `${indent}  `)]
  for (const line of row.second) out.push(wrap(lineText(line), `${indent}    `))
  if (row.trend) {
    const points = row.trend.points.map(({ number, time }) => `${number.text} (${time.text})`).join(', ')
    out.push(wrap(points, `${indent}    `))
  }
  for (const line of row.subs) out.push(wrap(lineText(line), `${indent}    `))
  for (const line of row.original) out.push(wrap(lineText(line), `${indent}    ~ `, `${indent}      `))
  const codes = row.codes.join(', ')
  if (codes !== '') out.push(wrap(codes, `${indent}    # `, `${indent}      `))
  return out.join('\n')
}

function heading(title: string, rule: string): string {
  return `\n${wrap(title)}\n${rule.repeat(Math.min(WIDTH, Math.max(3, title.length)))}`
}

function sectionText(section: Section, view: SummaryView): string {
  const title = lineText(section.title)
  const beside = section.originalTitle ? ` (${lineText(section.originalTitle)})` : ''
  const out = [heading(`${title}${beside}`, section.level === 0 ? '-' : '.')]
  if (section.sentence) out.push(wrap(lineText(section.sentence)))
  for (const row of section.rows) out.push(rowText(row, view))
  if (section.narrative && section.narrative.html !== '' && section.group === 'clinical') {
    out.push('', wrap(`${view.messages.text('summary.narrative')} :`), wrap(plainText(section.narrative.html), '  | '))
  }
  return out.join('\n')
}

function accountText(view: SummaryView): string {
  const { account, messages } = view
  if (view.isFile) {
    return [heading(messages.text('summary.account.file'), '='), wrap(messages.text('summary.account.fileNote'))].join(
      '\n',
    )
  }
  const title = messages.text(account.complete ? 'summary.account.complete' : 'summary.account.incomplete', {
    count: account.statements,
  })
  const shares = account.shares.map(({ key, count }) => messages.text(`summary.share.${key}`, { count })).join(', ')
  return [
    heading(title, '='),
    wrap(shares),
    wrap(messages.text(view.sameLanguage ? 'summary.account.same' : 'summary.account.note')),
  ].join('\n')
}

function dangerText(view: SummaryView): string {
  const { danger, messages } = view
  const out = [heading(messages.text('summary.allergies.title').toLocaleUpperCase(view.language), '!')]
  for (const item of danger.allergies) {
    out.push(wrap(`${lineText(item.term)}${tagsText(item.tags)}`, '! ', '  '))
    for (const line of item.subs) out.push(wrap(lineText(line), '    '))
  }
  for (const sentence of danger.allergySentences) out.push(wrap(lineText(sentence)))
  if (danger.allergyText) out.push(wrap(lineText(danger.allergyText.words), '  | '))
  if (danger.medicines.length > 0 || danger.medicineSentences.length > 0) {
    out.push(heading(messages.text('summary.highRisk.title').toLocaleUpperCase(view.language), '!'))
    for (const item of danger.medicines) {
      out.push(wrap(`${lineText(item.term)}${tagsText(item.tags)}`, '! ', '  '))
      for (const line of item.subs) out.push(wrap(lineText(line), '    '))
    }
    for (const sentence of danger.medicineSentences) out.push(wrap(lineText(sentence)))
  }
  return out.join('\n')
}

/** Plain text, 80 columns, danger first, with the account and what was not carried. */
export function renderText(view: SummaryView): string {
  const { header, messages, account } = view
  const out = [
    wrap(lineText(header.documentTitle)),
    wrap(header.patientName),
    '='.repeat(Math.min(WIDTH, header.patientName.length)),
  ]
  for (const { label, content } of [...header.traits, ...header.context, ...header.more]) {
    out.push(wrap(`${label.text} : ${lineText(content)}`, '', '    '))
  }
  out.push(dangerText(view), accountText(view))
  for (const section of view.sections) if (section.group !== 'document') out.push(sectionText(section, view))
  if (view.attachments.length > 0) {
    out.push(heading(messages.text('summary.attachments'), '-'))
    for (const { title, contentType } of view.attachments)
      out.push(wrap(`${lineText(title)} (${contentType})`, '- ', '  '))
  }
  if (account.notCarried.length > 0) {
    out.push(heading(messages.text('summary.notCarried.title'), '-'))
    for (const { what, why, path } of account.notCarried) {
      out.push(wrap(what, '- ', '  '), wrap(why, '    '), wrap(path, '    @ ', '      '))
    }
  }
  out.push('', wrap(messages.text('summary.pdf.electronic')))
  return `${out.join('\n')}\n`
}
