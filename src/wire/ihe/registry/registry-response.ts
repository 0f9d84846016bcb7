/** How a registry answers: a status and a list of errors (ebRS 3.0; IHE ITI TF-3 4.2.4). */
import { attribute, child, children, text } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { isEhdsiCode, wireCode } from '../../errors/ehdsi-errors.ts'
import type { IheError, IheProfile } from '../exchange.ts'
import { quoted } from './registry-object.ts'
import { RS } from './schemes.ts'

export type RegistryStatus = 'success' | 'partial' | 'failure'

const STATUSES: Readonly<Record<RegistryStatus, string>> = {
  success: 'urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success',
  partial: 'urn:ihe:iti:2007:ResponseStatusType:PartialSuccess',
  failure: 'urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure',
}

const SEVERITY = 'urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType'

export function statusUri(status: RegistryStatus): string {
  return STATUSES[status]
}

/** By its last word: the same words stand under several prefixes. */
export function readStatus(response: XmlElement | undefined): RegistryStatus | undefined {
  const word = attribute(response, 'status')?.trim().split(':').at(-1)
  if (word === 'Success') return 'success'
  if (word === 'PartialSuccess') return 'partial'
  return word === 'Failure' ? 'failure' : undefined
}

/** A failure that does not say why must not look like an empty answer. */
const UNSAID: IheError = {
  code: 'ERROR_GENERIC',
  severity: 'error',
  text: 'The other country could not do what was asked and does not say why.',
}

export function readErrors(response: XmlElement | undefined, status: RegistryStatus): readonly IheError[] {
  const errors = children(child(response, 'RegistryErrorList', RS), 'RegistryError', RS).map(readError)
  return status === 'failure' && errors.length === 0 ? [UNSAID] : errors
}

function readError(error: XmlElement): IheError {
  const severity = attribute(error, 'severity')?.endsWith(':Warning') ? 'warning' : 'error'
  const said = attribute(error, 'codeContext')?.trim() || text(error).trim()
  return { code: attribute(error, 'errorCode')?.trim() || UNSAID.code, severity, text: said }
}

/** Stack traces, which others put into `location`, are none of a peer's business: it is left out. */
export function writeErrors(errors: readonly IheError[], profile: IheProfile): string {
  if (errors.length === 0) return ''
  const highest = errors.some(({ severity }) => severity === 'error') ? 'Error' : 'Warning'
  const list = errors.map(({ code, severity, text: said }) => {
    const wire = isEhdsiCode(code) ? wireCode(code, profile) : code
    return `<rs:RegistryError codeContext="${quoted(said)}" errorCode="${quoted(wire)}" severity="${SEVERITY}:${severity === 'error' ? 'Error' : 'Warning'}"/>`
  })
  return `<rs:RegistryErrorList highestSeverity="${SEVERITY}:${highest}">${list.join('')}</rs:RegistryErrorList>`
}
