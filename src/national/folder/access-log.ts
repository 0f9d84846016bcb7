/** `accesses.jsonl`: what the border told the country about accesses, one JSON object a line, durable before the answer. */
import { open } from 'node:fs/promises'
import { gathered } from '#platform/background/gathered.ts'

export interface AccessLog {
  /** Resolves when the line is on disk; rejects when it could not be written. Lines of concurrent calls never mix. */
  append(entry: Readonly<Record<string, unknown>>): Promise<void>
}

export function openAccessLog(path: string): AccessLog {
  const append = gathered<string>((lines) => appendLines(path, lines))
  return { append: (entry) => append(JSON.stringify(entry)) }
}

async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, 'a+')
  try {
    const { size } = await file.stat()
    // A line cut short by a crash must not swallow the next one.
    const torn = size > 0 && (await lastByte(file, size)) !== 0x0a
    await file.appendFile(`${torn ? '\n' : ''}${lines.join('\n')}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
}

async function lastByte(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number | undefined> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0]
}
