/** The thread that signs. One message in, one message out, in order. */
import type { KeyObject } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { signCanonical } from '../signature/sign-enveloped.ts'

export interface SigningOrder {
  readonly number: number
  readonly texts: readonly string[]
}

export interface SigningAnswer {
  readonly number: number
  /** Undefined when one of the texts is no XML. */
  readonly signed: readonly string[] | undefined
}

const signer = workerData as { readonly privateKey: KeyObject; readonly certificate: string }

// On Linux a priority belongs to a thread: whoever waits for an answer goes first.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL)

parentPort?.on('message', ({ number, texts }: SigningOrder) => {
  let signed: readonly string[] | undefined
  try {
    signed = texts.map((text) => signCanonical(text, signer))
  } catch {
    signed = undefined
  }
  const answer: SigningAnswer = { number, signed }
  parentPort?.postMessage(answer)
})
