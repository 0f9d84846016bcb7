/** New certificates of a node's folder: for who reads its keys, and for what holds copies of them, its server and its client. */
import { join } from 'node:path'
import type { RenewablePeerFetch } from '#platform/http/peer-fetch.ts'
import type { HttpServer } from '#platform/http/serve.ts'
import type { Log } from '#platform/log/log.ts'
import { type WatchedKeys, watchKeys } from '#trust/keys/watch-keys.ts'
import type { Stores } from './stores.ts'

export function keyFolder({ home }: { readonly home: string }): string {
  return join(home, 'keys')
}

/** The stores of a running node, whose TLS and signature keys are always those of now. */
export function watchedStores(
  configuration: { readonly home: string },
  stores: Stores,
  log: Log,
): { readonly stores: Stores; readonly watchedKeys: WatchedKeys } {
  const onProblem = (code: string) => log.warn('certificate-not-taken', { code })
  const watchedKeys = watchKeys(keyFolder(configuration), stores.keys, { onProblem })
  return { stores: { ...stores, keys: watchedKeys.keys }, watchedKeys }
}

export interface KeyHolders {
  readonly server: Pick<HttpServer, 'renewTls'>
  readonly fetch: Pick<RenewablePeerFetch, 'renewTls'>
  readonly log: Log
}

export function followKeys(watched: WatchedKeys, { server, fetch, log }: KeyHolders): void {
  watched.onChange(({ tls }) => {
    const renewed = server.renewTls(tls)
    if (!renewed.ok) {
      log.warn('certificate-not-taken', { code: renewed.problem.code })
      return
    }
    fetch.renewTls(tls)
    log.info('certificate-taken')
  })
}
