/** The tables of the catalogue. `source` is whose catalogue a description is from: this node's own, or a country's. */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type CatalogueTables = {
  catalogue_record: {
    source: string
    iri: string
    /** `draft`, `published`, `withdrawn`. */
    state: string
    version: number
    /** The release that the description conforms to; null while it conforms to none. */
    release: string | null
    access: string
    title: string
    /** Words without accents, in lower case. */
    search_text: string
    /** Canonical N-Triples. */
    description: string
    /** What is being worked on while `description` is published; canonical N-Triples. */
    draft: string | null
    /** SHA-256 of `description`. */
    hash: string
    changed: string
    changed_by: string
    /** EHDS Art. 60(3): the day by which the holder must have looked again; ISO day. */
    review_due: string
    /** Why it was withdrawn, or what was changed. */
    reason: string | null
  }
  catalogue_version: {
    source: string
    iri: string
    version: number
    state: string
    release: string | null
    description: string
    changed: string
    changed_by: string
    reason: string | null
  }
  catalogue_facet: { source: string; iri: string; facet: string; value: string }
  catalogue_harvest: {
    source: string
    iri: string
    /** `valid` or `invalid`: what was found when it was last seen. */
    outcome: string
    /** JSON of the problems. */
    problems: string
    seen: string
    /** Complete harvests since it was last seen. */
    missed: number
  }
  catalogue_harvest_run: {
    source: string
    started: string
    ended: string
    /** `complete`, `partial`, `failed`. */
    outcome: string
    valid: number
    invalid: number
    unchanged: number
    stale: number
    unnamed: number
    unattached: number
    /** JSON of the problem that stopped it. */
    problem: string | null
  }
}

const TABLES = [
  `create table catalogue_record (
    source text not null, iri text not null, state text not null, version integer not null, release text,
    access text not null, title text not null, search_text text not null, description text not null, draft text,
    hash text not null, changed text not null, changed_by text not null, review_due text not null, reason text,
    primary key (source, iri)
  )`,
  'create index catalogue_record_state on catalogue_record (state, iri)',
  `create table catalogue_version (
    source text not null, iri text not null, version integer not null, state text not null, release text,
    description text not null, changed text not null, changed_by text not null, reason text,
    primary key (source, iri, version)
  )`,
  `create table catalogue_facet (
    source text not null, iri text not null, facet text not null, value text not null,
    primary key (source, iri, facet, value)
  )`,
  'create index catalogue_facet_value on catalogue_facet (facet, value)',
  `create table catalogue_harvest (
    source text not null, iri text not null, outcome text not null, problems text not null, seen text not null,
    missed integer not null, primary key (source, iri)
  )`,
  `create table catalogue_harvest_run (
    source text not null, started text not null, ended text not null, outcome text not null, valid integer not null,
    invalid integer not null, unchanged integer not null, stale integer not null, problem text,
    primary key (source, started)
  )`,
]

export const catalogueMigrations: readonly Migration[] = [
  {
    name: 'catalogue-001-records',
    up: async (transaction) => {
      for (const statement of TABLES) await sql.raw(statement).execute(transaction)
    },
  },
  {
    name: 'catalogue-002-what-harvests-leave',
    up: async (transaction) => {
      for (const column of ['unnamed', 'unattached']) {
        await sql
          .raw(`alter table catalogue_harvest_run add column ${column} integer not null default 0`)
          .execute(transaction)
      }
    },
  },
]
