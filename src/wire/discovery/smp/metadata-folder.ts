/** Published metadata as files: one folder for each country, one file for each service. */
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { SMP_SERVICES, type SmpServiceKind } from './service-identifiers.ts'
import type { MetadataStore } from './smp-server.ts'

/** Opens the folder; it is made when the first entry is written. */
export function metadataFolder(directory: string): MetadataStore {
  const fileOf = (country: string, service: SmpServiceKind) => join(directory, country, `${service}.xml`)
  return {
    async list(country) {
      const names = await readdir(join(directory, country)).catch((): string[] => [])
      return SMP_SERVICES.filter((service) => names.includes(`${service}.xml`))
    },
    async read(country, service) {
      return readFile(fileOf(country, service)).catch(() => undefined)
    },
    async write(country, service, bytes) {
      const target = fileOf(country, service)
      await mkdir(join(directory, country), { recursive: true })
      const unfinished = `${target}.${process.pid}.new`
      const file = await open(unfinished, 'w')
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, target)
    },
  }
}
