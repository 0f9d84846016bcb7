/**
 * Key figures as CSV (RFC 4180), with the columns of eADC's transaction table (`Transaction.xsd` of OpenNCP) first and four
 * of our own behind them. Columns that would name a person stay empty. Pure.
 */
import type { KeyFigure } from './key-figure.ts'

type Column = readonly [name: string, value: (figure: KeyFigure) => string | number | undefined]

const nothing = () => undefined
const own = (figure: KeyFigure, ours: string, theirs: string) => (figure.side === 'A' ? theirs : ours)
const ownCommunity = (figure: KeyFigure) => (figure.side === 'A' ? figure.answeringCommunity : figure.askingCommunity)

export const FIGURE_COLUMNS: readonly Column[] = [
  ['Transaction_PK', ({ id }) => id],
  // Country A is asked from outside.
  ['Direction', ({ side }) => (side === 'A' ? 'INBOUND' : 'OUTBOUND')],
  ['HomeISO', (figure) => own(figure, figure.asking, figure.answering)],
  ['HomeNCP_OID', ownCommunity],
  ['HomeHCID', ownCommunity],
  ['HomeHost', nothing],
  ['HomeAddress', nothing],
  ['SndISO', ({ asking }) => asking],
  ['SndNCP_OID', ({ askingCommunity }) => askingCommunity],
  ['SndHCID', ({ askingCommunity }) => askingCommunity],
  ['SndAddress', nothing],
  ['SndHost', nothing],
  ['SndMsgID', ({ messageId }) => messageId],
  ['ReceivingISO', ({ answering }) => answering],
  ['ReceivingNCP_OID', ({ answeringCommunity }) => answeringCommunity],
  ['ReceivingHost', nothing],
  ['ReceivingAddr', nothing],
  ['ReceivingMsgID', nothing],
  ['TransactionCounter', () => 1],
  // The person's name and id are in the ledger, not in statistics.
  ['HumanRequestor', nothing],
  ['UserId', nothing],
  ['POC', nothing],
  ['POC_ID', ({ pointOfCare }) => pointOfCare],
  ['AuthenticationLevel', nothing],
  ['RequestAction', ({ transaction }) => transaction],
  ['ResponseAction', ({ outcome }) => outcome],
  ['ServiceType', ({ service }) => service],
  ['ServiceName', ({ step }) => step],
  ['StartTime', ({ started }) => started],
  ['EndTime', ({ started, durationMs }) => new Date(Date.parse(started) + durationMs).toISOString()],
  ['Duration', ({ durationMs }) => durationMs],
  ['HumanRequestorRole', ({ role }) => role],
  ['DocumentClass', ({ documentClass }) => documentClass],
  ['Wire', ({ wire }) => wire],
  ['ErrorCode', ({ code }) => code],
]

export function csvHeader(): string {
  return line(FIGURE_COLUMNS.map(([name]) => name))
}

export function csvRow(figure: KeyFigure): string {
  return line(FIGURE_COLUMNS.map(([, value]) => String(value(figure) ?? '')))
}

function line(values: readonly string[]): string {
  return `${values.map(quoted).join(',')}\r\n`
}

function quoted(value: string): string {
  // A spreadsheet must not take what a stranger sent for a formula.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
