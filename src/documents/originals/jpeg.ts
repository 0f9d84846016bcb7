/** Whether bytes are one whole JPEG and nothing else (ITU-T T.81 Annex B: marker segments, at least one frame and scan, EOI at the end). */

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda

/** Frame headers: SOF0–SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** Markers that stand alone: TEM and the restart markers. */
function isBare(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
}

/** What is wrong, in words; undefined when the picture is whole. The signature was looked at before. */
export function jpegFault(bytes: Uint8Array): string | undefined {
  let at = 2
  let hasFrame = false
  let hasScan = false
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return 'a part of it is of no kind'
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === EOI) {
      if (!hasFrame || !hasScan) return 'there is no picture in it'
      return isPadding(bytes, at + 2) ? undefined : 'something else follows the picture'
    }
    if (marker === SOI) return 'a second picture begins inside the first'
    if (isBare(marker)) {
      at += 2
      continue
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) return 'a part of it is cut off'
    if (isFrame(marker)) {
      if (!hasSize(bytes, at, length)) return 'its size makes no sense'
      hasFrame = true
    }
    if (marker === SOS) hasScan = true
    at = marker === SOS ? endOfScan(bytes, end) : end
  }
  return 'its end is missing'
}

/** Some writers fill up with zeros. */
function isPadding(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false
  return true
}

/** Precision, then height and width; a height of 0 is told later (DNL) and is not taken. */
function hasSize(bytes: Uint8Array, at: number, length: number): boolean {
  const word = (offset: number): number => ((bytes[at + offset] ?? 0) << 8) | (bytes[at + offset + 1] ?? 0)
  return length >= 8 && word(5) > 0 && word(7) > 0
}

/** The next marker behind coded data: FF that is neither stuffed (00) nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = from
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0
    if (bytes[at] === 0xff && next !== 0 && !isBare(next)) return at
    at++
  }
  return bytes.length
}
