/** The process that builds an edition file; told and asked by import.ts. Its memory goes back to the system with it. */
import { z } from 'zod'
import { type BuildOptions, buildEdition } from './build/build.ts'
import type { Step } from './build/read-release.ts'

const orderSchema = z.object({
  paths: z.array(z.string()),
  file: z.string(),
  options: z.object({
    partial: z.boolean().optional(),
    module: z.string().optional(),
    version: z.string().optional(),
    unpublished: z.boolean().optional(),
    uri: z.string().optional(),
  }),
})

// When the importing process is gone nobody would take the result.
process.once('disconnect', () => process.exit(1))
process.on('error', () => process.exit(1))
process.once('message', (message) => void work(message))

async function work(message: unknown): Promise<void> {
  const { paths, file, options } = orderSchema.parse(message)
  const stated = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as BuildOptions
  const built = await buildEdition(paths, file, { ...stated, progress: (step: Step) => process.send?.({ step }) })
  if (!built.ok) return end({ problem: built.problem })
  const { uri, module, version, counts, notices } = built.value
  const usage = process.resourceUsage()
  end({
    done: {
      uri,
      module,
      version,
      counts,
      notices: notices.map(({ sentence }) => sentence),
      usage: {
        cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
        peakMegabytes: usage.maxRSS / 1024,
      },
    },
  })
}

function end(message: object): void {
  process.send?.(message, () => process.exit(0))
}
