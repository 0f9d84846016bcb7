/** Entries of a zip as streams. The central directory is read at once: a zip that was cut off has none and is refused early. */
import { crc32 } from 'node:zlib'
import { type Entry, open, type ZipFile } from 'yauzl'
import { failed, ok, type Result } from '#platform/result/result.ts'

export interface ZipEntry {
  /** Path inside the zip. */
  readonly path: string
  readonly bytes: number
  /** Rejects when the entry is damaged or cut off. */
  chunks(): AsyncIterable<Uint8Array>
}

export interface Zip {
  readonly entries: readonly ZipEntry[]
  close(): void
}

export async function openZip(file: string): Promise<Result<Zip, 'rf2-zip'>> {
  let zip: ZipFile | undefined
  try {
    zip = await opened(file)
    const held = zip
    const entries = (await entriesOf(held)).filter((entry) => !entry.fileName.endsWith('/'))
    return ok({
      entries: entries.map((entry) => ({
        path: entry.fileName,
        bytes: entry.uncompressedSize,
        chunks: () => chunksOf(held, entry),
      })),
      close: () => held.close(),
    })
  } catch (error) {
    zip?.close()
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : 'unreadable'
    return failed(
      'rf2-zip',
      `The zip is damaged or was cut off (${why}).`,
      'Download it again and compare its checksum with the publisher’s.',
      { file },
    )
  }
}

function opened(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(file, { lazyEntries: true, autoClose: false }, (error, zip) => (error ? reject(error) : resolve(zip)))
  })
}

function entriesOf(zip: ZipFile): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    zip.on('entry', (entry: Entry) => {
      entries.push(entry)
      zip.readEntry()
    })
    zip.once('end', () => resolve(entries))
    zip.once('error', reject)
    zip.readEntry()
  })
}

async function* chunksOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, found) => (error ? reject(error) : resolve(found)))
  })
  let checksum = 0
  let gathered: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue
    checksum = crc32(chunk, checksum)
    gathered.push(chunk)
    length += chunk.length
    if (length < 1 << 20) continue
    yield Buffer.concat(gathered)
    gathered = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(gathered)
  if (checksum !== entry.crc32) throw new Error('its checksum does not fit')
}
