/** The `research` part of a country's configuration: its health data access body, and the datasets held here. */
import { z } from 'zod'

export const ResearchSettings = z.object({
  /** The health data access body (EHDS Art. 55): its id on the Union's trust list, and its name for people. */
  body: z.object({
    id: z.string().min(1).max(200),
    name: z.string().min(1).max(500),
    /** Its number where the identity provider says for whom somebody works; absent: its id. */
    organisation: z.string().min(1).max(200).optional(),
  }),
  /**
   * Dataset releases, which answer until the data holder chooses another one on his pages. A file may come later: until then
   * questions about it are refused by name.
   */
  datasets: z
    .array(
      z.object({
        /** As the catalogue and permits name it. */
        id: z.string().min(1).max(500),
        release: z.string().min(1),
        /** Made by `tessera research load`. */
        file: z.string(),
        /** Identifier of the data holder. */
        holder: z.string().min(1).max(500),
      }),
    )
    .default([]),
  /** A data holder cannot choose a release with a larger share of rejected rows in any of its tables. */
  mostRejected: z.number().min(0).max(1).default(0.05),
  /** A file of `tessera research vocabulary`, for datasets that are loaded from pages and bring none, and for documents. */
  vocabulary: z.string().optional(),
  /** Descriptions of datasets (RDF) that are published at the first start. */
  descriptions: z.array(z.string()).default([]),
  /** Of the engine, for each dataset that is open. */
  memory: z.string().default('1GB'),
  threads: z.int().positive().default(2),
  /** Seconds that a coordinator may keep a question for work open: a revocation is heard of within them. */
  waitSeconds: z.number().min(1).max(25).default(20),
})

export type ResearchSettings = z.infer<typeof ResearchSettings>

/** For whom the officers of the body work, as the identity provider says it. */
export function bodyOrganisation({ body }: Pick<ResearchSettings, 'body'>): string {
  return body.organisation ?? body.id
}
