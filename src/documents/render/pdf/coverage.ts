/**
 * Which characters a TrueType font can show. A character without a glyph would be drawn as nothing or as an empty box
 * that says nothing; the writer must know beforehand. Reads the `cmap` table (OpenType 1.9, cmap formats 4 and 12).
 */
export interface Coverage {
  has(codePoint: number): boolean
}

type Range = readonly [first: number, last: number]

function format4(view: DataView, at: number): Range[] {
  const segments = view.getUint16(at + 6) / 2
  const ends = at + 14
  const starts = ends + segments * 2 + 2
  const deltas = starts + segments * 2
  const offsets = deltas + segments * 2
  const ranges: Range[] = []
  for (let segment = 0; segment < segments; segment++) {
    const first = view.getUint16(starts + segment * 2)
    const last = view.getUint16(ends + segment * 2)
    if (first === 0xffff) continue
    const offset = view.getUint16(offsets + segment * 2)
    if (offset === 0) ranges.push([first, last])
    else {
      for (let code = first; code <= last; code++) {
        if (view.getUint16(offsets + segment * 2 + offset + (code - first) * 2) !== 0) ranges.push([code, code])
      }
    }
  }
  return ranges
}

function format12(view: DataView, at: number): Range[] {
  const groups = view.getUint32(at + 12)
  const ranges: Range[] = []
  for (let group = 0; group < groups; group++) {
    const start = at + 16 + group * 12
    ranges.push([view.getUint32(start), view.getUint32(start + 4)])
  }
  return ranges
}

function cmapOffset(view: DataView): number {
  const tables = view.getUint16(4)
  for (let table = 0; table < tables; table++) {
    const record = 12 + table * 16
    if (view.getUint32(record) === 0x636d6170) return view.getUint32(record + 8)
  }
  throw new TypeError('The font has no cmap table')
}

/** Coverage of a TrueType font file. */
export function coverageOf(font: Uint8Array): Coverage {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength)
  const cmap = cmapOffset(view)
  const subtables = view.getUint16(cmap + 2)
  const ranges: Range[] = []
  for (let index = 0; index < subtables; index++) {
    const at = cmap + view.getUint32(cmap + 4 + index * 8 + 4)
    const format = view.getUint16(at)
    if (format === 4) ranges.push(...format4(view, at))
    else if (format === 12) ranges.push(...format12(view, at))
  }
  ranges.sort((a, b) => a[0] - b[0])
  return {
    has(codePoint) {
      let low = 0
      let high = ranges.length - 1
      while (low <= high) {
        const middle = (low + high) >> 1
        const range = ranges[middle]
        if (!range) return false
        if (codePoint < range[0]) high = middle - 1
        else if (codePoint > range[1]) low = middle + 1
        else return true
      }
      return false
    },
  }
}
