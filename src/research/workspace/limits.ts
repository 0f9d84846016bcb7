/** Limits of the secure processing environment: data of the node's operator (`data/research/workspace/limits.json`). */
import { z } from 'zod'
import data from '../../../data/research/workspace/limits.json' with { type: 'json' }

const Count = z.int().positive()

const Limits = z.strictObject({
  version: z.string(),
  session: z.strictObject({ idleMinutes: Count, longestHours: Count }),
  /** So many wrong codes in a row, and none is taken for a while. */
  secondFactor: z.strictObject({ attempts: Count, lockedMinutes: Count }),
  sql: z.strictObject({ characters: Count, seconds: Count, rows: Count, memoryMegabytes: Count, threads: Count }),
  r: z.strictObject({
    characters: Count,
    seconds: Count,
    /** Of one table that R gives out, and of one data frame that goes in. */
    rows: Count,
    frameRows: Count,
    memoryMegabytes: Count,
    textCharacters: Count,
    tables: Count,
  }),
  /** Of one output; what nobody asked to take out is forgotten after so many days. */
  airlock: z.strictObject({ characters: Count, outputsInRequest: Count, keptDays: Count }),
})

export type WorkspaceLimits = Readonly<z.infer<typeof Limits>>

export const LIMITS: WorkspaceLimits = Limits.parse(data)
