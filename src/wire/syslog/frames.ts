/** Octet counting (RFC 5425 §4.3): `LENGTH SP MESSAGE`, one after the other in a stream of bytes. */

/** One message with its length before it. */
export function frame(message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${message.byteLength} `, 'latin1'), message])
}

export interface FrameReader {
  /** The messages that these bytes complete; undefined when the stream is no stream of frames. Never usable again then. */
  read(chunk: Uint8Array): readonly Uint8Array[] | undefined
  /** True in the middle of a frame. */
  readonly unfinished: boolean
}

const ZERO = 0x30
const NINE = 0x39
const SPACE = 0x20

/** Keeps at most one unfinished message; what announces more than `largest` bytes is refused before it is kept. */
export function frameReader(largest: number): FrameReader {
  let digits = ''
  let wanted = -1
  let held: Uint8Array[] = []
  let heldBytes = 0
  let broken = false

  /** Reads `LENGTH SP`; returns where the message begins, or undefined when this is no length. */
  const readLength = (chunk: Uint8Array, from: number): number | undefined => {
    for (let at = from; at < chunk.byteLength; at++) {
      const byte = chunk[at] ?? 0
      if (byte === SPACE && digits !== '') {
        wanted = Number(digits)
        digits = ''
        return at + 1
      }
      // NONZERO-DIGIT *DIGIT
      if (byte < (digits === '' ? ZERO + 1 : ZERO) || byte > NINE) return undefined
      digits += String.fromCharCode(byte)
      if (Number(digits) > largest) return undefined
    }
    return chunk.byteLength
  }
  const finish = (): Uint8Array => {
    const message = Buffer.concat(held)
    held = []
    heldBytes = 0
    wanted = -1
    return message
  }
  const readAll = (chunk: Uint8Array): readonly Uint8Array[] | undefined => {
    const messages: Uint8Array[] = []
    for (let at = 0; at < chunk.byteLength; ) {
      if (wanted < 0) {
        const next = readLength(chunk, at)
        if (next === undefined) return undefined
        at = next
        continue
      }
      const part = chunk.subarray(at, at + wanted - heldBytes)
      held.push(part)
      heldBytes += part.byteLength
      at += part.byteLength
      if (heldBytes === wanted) messages.push(finish())
    }
    return messages
  }
  return {
    read(chunk) {
      if (broken) return undefined
      const messages = readAll(chunk)
      broken = messages === undefined
      return messages
    },
    get unfinished() {
      return wanted >= 0 || digits !== ''
    },
  }
}
