/** How entries hang together: each hash covers the event, its place, its time and the hash before. Pure. */
import { createHash } from 'node:crypto'
import type { AuditEvent } from 'fhir/r4'
import { canonicalJson } from './canonical-json.ts'

/** Before the first entry. */
export const NO_HASH = '0'.repeat(64)

export interface Link {
  readonly node: string
  readonly sequence: number
  readonly recorded: string
  readonly previousHash: string
  /** Canonical JSON of the AuditEvent. */
  readonly event: string
}

/**
 * Hex SHA-256 of the canonical JSON of the link. The event is canonical already and the members stand in their
 * canonical order here, so nothing is parsed when a million entries are verified.
 */
export function hashOf({ event, node, previousHash, recorded, sequence }: Link): string {
  const text = `{"event":${event},"node":${JSON.stringify(node)},"previousHash":"${previousHash}","recorded":${JSON.stringify(recorded)},"sequence":${sequence}}`
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

export interface Head {
  readonly sequence: number
  /** Hash of the last entry; `NO_HASH` while there is none. */
  readonly hash: string
}

/** What the node seals after each append: so many entries, ending with this hash, at this time. */
export function sealedText(node: string, head: Head, sealedAt: string): string {
  return canonicalJson({ ledger: node, sequence: head.sequence, hash: head.hash, sealedAt })
}

export interface AuditIndex {
  /** `system|value`. */
  readonly professional: string | null
  readonly patient: string | null
}

/** Finds whom the event is about and who acted: agent of type IRCP, entity of type Person in the role Patient. */
export function indexOf(event: AuditEvent): AuditIndex {
  const person = event.agent.find((agent) => agent.type?.coding?.some(({ code }) => code === 'IRCP'))
  const patient = event.entity?.find(({ type, role }) => type?.code === '1' && role?.code === '1')
  return { professional: tokenOf(person?.who?.identifier), patient: tokenOf(patient?.what?.identifier) }
}

function tokenOf(identifier: { readonly system?: string; readonly value?: string } | undefined): string | null {
  return identifier?.value === undefined ? null : `${identifier.system ?? ''}|${identifier.value}`
}
