/** New certificates of a node's folder for what holds copies of them: its server and its client. */
import type { RenewablePeerFetch } from '#platform/http/peer-fetch.ts'
import type { HttpServer } from '#platform/http/serve.ts'
import type { Log } from '#platform/log/log.ts'
import type { WatchedKeys } from '#trust/keys/watch-keys.ts'

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
