/** A drawing in place of a real image: the fan of an ultrasound picture, computed, the same bytes every time. */
import { crc32, deflateSync } from 'node:zlib'

/** An 8-bit grey PNG (ISO/IEC 15948). */
export function sketchPng(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = greyAt(x / width - 0.5, y / height)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 0, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function greyAt(x: number, y: number): number {
  const depth = Math.hypot(x, y)
  const inFan = Math.abs(Math.atan2(x, y)) < 0.6 && depth > 0.08 && depth < 0.95
  if (!inFan) return 0
  const head = Math.hypot((x + 0.02) / 0.16, (y - 0.52) / 0.2)
  const edge = Math.exp(-((head - 1) ** 2) / 0.008)
  const layers = 0.5 + 0.5 * Math.sin(depth * 60)
  return Math.round(255 * Math.min(1, 0.12 + 0.1 * layers + (head < 1 ? 0.02 : 0.14 * (1 - depth)) + 0.75 * edge))
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
