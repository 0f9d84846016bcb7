/** SOAP 1.2 faults (W3C SOAP 1.2 Part 1, §5.4): a code and one sentence. No details, no stack traces, in neither direction. */
import { child, children, descend, words } from '#platform/xml/access.ts'
import { escapeText } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { SOAP_NAMESPACE } from './envelope.ts'

export const FAULT_CODES = ['Sender', 'Receiver', 'MustUnderstand', 'VersionMismatch', 'DataEncodingUnknown'] as const
export type FaultCode = (typeof FAULT_CODES)[number]

export interface Fault {
  readonly code: FaultCode
  /** One sentence for people. */
  readonly reason: string
}

/** SOAP 1.2 Part 2 §7.5.2.2: the HTTP status of a fault. */
export function statusOf(fault: Fault): 400 | 500 {
  return fault.code === 'Sender' ? 400 : 500
}

/** The child of the Body; the prefix `env` is that of the envelope. */
export function writeFault({ code, reason }: Fault): string {
  return [
    `<env:Fault><env:Code><env:Value>env:${code}</env:Value></env:Code>`,
    `<env:Reason><env:Text xml:lang="en">${escapeText(reason)}</env:Text></env:Reason></env:Fault>`,
  ].join('')
}

const LONGEST_REASON = 300

/** Undefined when the element is no fault. Of the reason only the first sentence is kept: others put stack traces there. */
export function readFault(body: XmlElement): Fault | undefined {
  if (body.name !== 'Fault' || body.namespace !== SOAP_NAMESPACE) return undefined
  const value = words(descend(body, 'Code', 'Value')).replace(/^.*:/, '')
  const texts = children(child(body, 'Reason'), 'Text')
  const english = texts.find((text) =>
    text.attributes.some(({ name, value: language }) => name === 'lang' && language.startsWith('en')),
  )
  return {
    code: FAULT_CODES.find((code) => code === value) ?? 'Receiver',
    reason: firstSentence(words(english ?? texts[0])),
  }
}

function firstSentence(text: string): string {
  const bounded = text.slice(0, LONGEST_REASON)
  return /^.*?[.!?](?= |$)/.exec(bounded)?.[0] ?? bounded
}
