/** Whether bytes are one whole PNG and nothing else (PNG, third edition, §5: chunks with their checksums, IHDR to IEND). */
import { crc32 } from 'node:zlib'

const SIGNATURE = 8
/** Length, type and checksum of a chunk. */
const FRAME = 12
const WIDEST = 65_535

/** What is wrong, in words; undefined when the picture is whole. The signature was looked at before. */
export function pngFault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = SIGNATURE
  let first = true
  let hasImage = false
  while (at + FRAME <= bytes.length) {
    const length = view.getUint32(at)
    const end = at + FRAME + length
    if (length > 0x7f_ff_ff_ff || end > bytes.length) return 'a part of it is cut off'
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (!/^[A-Za-z]{4}$/.test(type)) return 'a part of it is of no kind'
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return 'a checksum does not fit'
    if (first !== (type === 'IHDR')) return 'its header is not in its place'
    if (first && !isHeader(view, at + 8, length)) return 'its size makes no sense'
    first = false
    if (type === 'IDAT') hasImage = true
    if (type === 'IEND') {
      if (!hasImage) return 'there is no picture in it'
      return end === bytes.length ? undefined : 'something else follows the picture'
    }
    at = end
  }
  return 'its end is missing'
}

function isHeader(view: DataView, at: number, length: number): boolean {
  if (length !== 13) return false
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)]
  return width > 0 && height > 0 && width <= WIDEST && height <= WIDEST
}
