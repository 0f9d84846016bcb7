/** The software door of a node, from the program's side: requests with the user's token, refusals as problems. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'

const Outcome = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.object({
        details: z.object({ coding: z.array(z.object({ code: z.string() })), text: z.string() }),
        diagnostics: z.string().optional(),
      }),
    )
    .min(1),
})

export interface NodeApi {
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<Result<z.infer<Schema>>>
  post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema): Promise<Result<z.infer<Schema>>>
}

/** `origin`: where the node's portal is; `exercise` counts from 1. */
export function nodeApi(origin: string, accessToken: string, exercise: string): NodeApi {
  const headers = { authorization: `Bearer ${accessToken}`, 'x-exercise': exercise, 'content-type': 'application/json' }
  async function ask<Schema extends z.ZodType>(
    path: string,
    request: RequestInit,
    schema: Schema,
  ): Promise<Result<z.infer<Schema>>> {
    let response: Response
    try {
      response = await fetch(new URL(`/api${path}`, origin), {
        ...request,
        headers,
        signal: AbortSignal.timeout(60_000),
      })
    } catch {
      return failed('node-unreachable', `The node at ${origin} does not answer.`, 'Start it with npm start.')
    }
    const body: unknown = await response.json().catch(() => undefined)
    const issue = Outcome.safeParse(body).data?.issue[0]
    if (issue)
      return failed(issue.details.coding[0]?.code ?? 'ERROR_GENERIC', issue.details.text, issue.diagnostics ?? '')
    const parsed = schema.safeParse(body)
    if (response.ok && parsed.success) return ok(parsed.data)
    return failed(
      'node-answer',
      `The node at ${origin} gave an answer that cannot be read (status ${response.status}).`,
      'Look at its log.',
    )
  }
  return {
    get: (path, schema) => ask(path, {}, schema),
    post: (path, body, schema) => ask(path, { method: 'POST', body: JSON.stringify(body) }, schema),
  }
}
