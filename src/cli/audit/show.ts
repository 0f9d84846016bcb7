/** `tessera audit show`: a transaction of the node, or an audit message in a file. */
import { readFile } from 'node:fs/promises'
import { openTransactionStore } from '#care/context/transaction-store.ts'
import { type BorderTransactionDetail, transactionReader } from '#care/context/transactions.ts'
import { describeProblem } from '#platform/result/result.ts'
import { openAuditStore } from '#trust/audit/audit-store.ts'
import { type ReadAuditMessage, readAuditMessage } from '#trust/audit/read-audit-message.ts'
import { openEvidenceStore } from '#trust/evidence/evidence-store.ts'
import type { AuditOptions } from '../commands/audit.ts'
import { EXIT } from '../program.ts'
import { withTrail } from './stores.ts'

export function showAudit(what: string, options: AuditOptions): Promise<number> {
  return /^\d+$/.test(what) ? showTransaction(what, options) : showFile(what, options)
}

function showTransaction(entry: string, options: AuditOptions): Promise<number> {
  return withTrail(options, async ({ database, node }) => {
    const reader = transactionReader(
      openTransactionStore(database, node),
      openAuditStore(database, node),
      openEvidenceStore(database, node),
    )
    const found = await reader.transaction(`${node}:${Number(entry)}`)
    if (!found) {
      console.error(`Entry ${entry} of the ledger is no transaction with another country. See: tessera ledger list.`)
      return EXIT.failed
    }
    console.log(options.json ? JSON.stringify(found, null, 2) : describeTransaction(found))
    return EXIT.fine
  })
}

function describeTransaction(one: BorderTransactionDetail): string {
  const outcome = [one.outcome.kind, one.outcome.code, one.outcome.detail]
    .filter((part) => part !== undefined)
    .join(' ')
  return [
    `${one.id}  ${one.started}  ${one.durationMs} ms`,
    `Country ${one.side} with ${one.peer}: ${one.step} ${one.service}, ${one.transaction} over ${one.wire.toUpperCase()}`,
    `Outcome: ${outcome}`,
    `Message: ${one.messageId ?? '-'}, request ${one.requestDigest ?? '-'}, answer ${one.responseDigest ?? '-'}`,
    ...one.auditMessages.map(({ event, outcome: indicator }) => `Audit message: ${event}, outcome ${indicator}`),
    ...one.evidences.map(({ kind, part, eventTime }) => `Evidence: ${kind} of the ${part}, ${eventTime}`),
    ...(one.followedUp ? [] : ['Audit message and evidences are still to be made.']),
    ...(one.request === undefined ? [] : ['', 'Request:', one.request]),
    ...(one.response === undefined ? [] : ['', 'Answer:', one.response]),
  ].join('\n')
}

async function showFile(file: string, options: AuditOptions): Promise<number> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch {
    console.error(`${file} cannot be read. Name a file, or the number of an entry of the ledger.`)
    return EXIT.failed
  }
  const read = readAuditMessage(bytes, file)
  if (!read.ok) {
    console.error(describeProblem(read.problem))
    return EXIT.failed
  }
  console.log(options.json ? JSON.stringify(read.value, null, 2) : describeMessage(read.value))
  return EXIT.fine
}

function describeMessage({ message, form, signed }: ReadAuditMessage): string {
  const { event, participants, sources, objects } = message
  const types = event.types.map(({ code, display }) => `${code} ${display ?? ''}`.trim()).join(', ')
  return [
    `${event.time}  ${types}  outcome ${event.outcome}  (${form === 'dicom' ? 'DICOM' : 'RFC 3881'}, ${signed ? 'signed' : 'not signed'})`,
    ...participants.map(
      ({ userId, requestor, roles }) =>
        `${roles[0]?.text ?? roles[0]?.code ?? ''}: ${userId}${requestor ? ' (asked)' : ''}`,
    ),
    ...sources.map(({ id }) => `Written by: ${id}`),
    ...objects.map(({ id, idType }) => `${idType.display ?? idType.text ?? idType.code}: ${id ?? '-'}`),
  ].join('\n')
}
