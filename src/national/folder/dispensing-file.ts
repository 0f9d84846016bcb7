/**
 * What was dispensed on each prescription, as numbered files: `dispensations/<prescription>/000001.json`, `000002.json`, …
 * A number is taken by linking a finished, flushed file to its name, which the file system does once only: of two writers,
 * in this process or in another, one gets the number and the other looks again. A crash leaves a number whole or free.
 */
import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const Event = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('dispensation'),
    submissionId: z.string(),
    dispensationId: z.string(),
    country: z.string(),
    organisation: z.string(),
    recorded: z.string(),
    items: z.array(z.object({ prescribedItem: z.string(), packages: z.number(), product: z.string() })),
    document: z.object({ format: z.enum(['cda', 'fhir']), base64: z.string() }),
  }),
  z.object({
    kind: z.literal('discard'),
    submissionId: z.string(),
    dispensationId: z.string(),
    country: z.string(),
    organisation: z.string(),
    recorded: z.string(),
  }),
])
export type DispensingEvent = z.infer<typeof Event>
export type DispensationEvent = Extract<DispensingEvent, { kind: 'dispensation' }>

export interface DispensingFiles {
  /** In the order in which they counted. Rejects when a file cannot be read: then nothing may be concluded. */
  read(prescription: string): Promise<readonly DispensingEvent[]>
  /** Durable when it resolves; false when another event took the number first. */
  append(prescription: string, number: number, event: DispensingEvent): Promise<boolean>
}

export function dispensingFiles(directory: string): DispensingFiles {
  const folderOf = (prescription: string) => join(directory, createHash('sha256').update(prescription).digest('hex'))
  return {
    async read(prescription) {
      const folder = folderOf(prescription)
      const names = await readdir(folder).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return []
        throw error
      })
      const numbered = names.filter((name) => /^\d{6}\.json$/.test(name)).sort()
      return Promise.all(
        numbered.map(async (name) => Event.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
      )
    },
    async append(prescription, number, event) {
      const folder = folderOf(prescription)
      await mkdir(folder, { recursive: true })
      const draft = join(folder, `${randomUUID()}.draft`)
      await writeDurably(draft, JSON.stringify(event))
      try {
        await link(draft, join(folder, `${String(number).padStart(6, '0')}.json`))
      } catch (error) {
        if (isCode(error, 'EEXIST')) return false
        throw error
      } finally {
        await unlink(draft).catch(() => undefined)
      }
      await flushFolder(folder)
      await flushFolder(directory)
      return true
    },
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Names in a folder are durable once the folder is flushed. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
