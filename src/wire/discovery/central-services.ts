/**
 * The Union's central services: where the countries are (directory), which keys are theirs (trust list), and what each
 * asks in order to find a patient (search masks). Mutual TLS outside, a signature inside.
 */
import { type Context, Hono } from 'hono'
import type { Connection } from '#platform/http/connection.ts'
import type { Result } from '#platform/result/result.ts'
import type { ParticipantList, ParticipantsProblemCode } from './participants-file.ts'
import { type DocumentSigner, signDocument } from './signed-document.ts'

export interface CentralServicesOptions {
  readonly signer: DocumentSigner
  participants(): Promise<Result<ParticipantList, ParticipantsProblemCode>>
  /** The ISM file of a country as it is; undefined when there is none. */
  searchMask(country: string): Promise<Uint8Array | undefined>
  readonly clock: () => Date
  /** How long a copy may be used without the central services; default 24 h. */
  readonly lifetimeSeconds?: number
  readonly onError?: (error: unknown) => void
}

export interface CentralServicesEnvironment {
  Bindings: { readonly connection: Connection }
}

const A_DAY = 86_400

/** `GET /directory`, `/trust-list`, `/search-masks/{CC}`; only for certificates on the trust list. */
export function centralServices(options: CentralServicesOptions): Hono<CentralServicesEnvironment> {
  const app = new Hono<CentralServicesEnvironment>()

  async function publish(
    context: Context<CentralServicesEnvironment>,
    subject: string,
    bodyOf: (list: ParticipantList) => Promise<unknown> | unknown,
  ): Promise<Response> {
    const list = await options.participants()
    if (!list.ok) return problem(503, list.problem.sentence)
    const { certificate } = context.env.connection
    const known = list.value.participants.some(
      ({ certificates }) => certificate !== undefined && certificates.includes(certificate.fingerprint),
    )
    if (!known) return problem(403, 'This certificate is not on the trust list.')
    const body = await bodyOf(list.value)
    if (body === undefined) return problem(404, 'This country has not published that.')
    const issuedAt = Math.floor(options.clock().getTime() / 1000)
    const expiresAt = issuedAt + (options.lifetimeSeconds ?? A_DAY)
    const jws = await signDocument({ subject, version: list.value.version, issuedAt, expiresAt, body }, options.signer)
    return new Response(jws, { headers: { 'content-type': 'application/jose' } })
  }

  app.get('/directory', (context) =>
    publish(context, 'directory', ({ participants }) =>
      participants.map(({ country, homeCommunityId, fhirBase, ihe, services, research }) => ({
        country,
        homeCommunityId,
        ...(fhirBase === undefined ? {} : { fhirBase }),
        ...(ihe === undefined ? {} : { ihe }),
        services,
        ...(research === undefined ? {} : { research }),
      })),
    ),
  )
  app.get('/trust-list', (context) =>
    publish(context, 'trust-list', ({ participants }) =>
      participants.map(({ country, certificates, tokenKeys, sealCertificates, researchParties }) => ({
        country,
        certificates,
        tokenKeys,
        sealCertificates,
        ...(researchParties === undefined ? {} : { researchParties }),
      })),
    ),
  )
  app.get('/search-masks/:country', (context) => {
    const country = context.req.param('country')
    return publish(context, `search-mask/${country}`, async ({ participants }) => {
      if (!participants.some((participant) => participant.country === country)) return undefined
      const mask = await options.searchMask(country)
      return mask && { ism: new TextDecoder().decode(mask) }
    })
  })
  app.notFound(() => problem(404, 'There is no such service here.'))
  app.onError((error) => {
    options.onError?.(error)
    return problem(500, 'The central services could not answer because of an error of their own.')
  })
  return app
}

function problem(status: number, sentence: string): Response {
  return new Response(`${sentence}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
