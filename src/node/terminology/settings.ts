/** What a terminology server is started with. Plain data: threads get a copy. */

export interface ServeSettings {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Threads that answer; more than one needs Linux (`reusePort`). */
  readonly threads: number
  /** Folder of everything Tessera writes. */
  readonly home: string
  /** Folder of data that can change without a programmer. */
  readonly data: string
  /** Address as clients see it, e.g. `https://tx.example.org`; made of host and port when absent. */
  readonly base?: string
  /** Expansions without nesting (mode `flat` of the ecosystem tests). */
  readonly flat: boolean
  /** Origins whose pages may call from a browser. */
  readonly origins: readonly string[] | '*'
  readonly version: string
  /** Where the release centre keeps its records; what `current.json` says is enough without them. */
  readonly centre: { readonly node: string; readonly database?: string }
  /** Releases are offered at `/releases`: to holders of these tokens (hashes); without tokens to anybody, but for licensed content. */
  readonly offer?: { readonly tokens?: readonly string[] }
}

/** What an open thread says of itself. */
export interface ThreadState {
  readonly release: number | undefined
  readonly port: number
  readonly url: string
}
