/** Bounds the body of a request, whether or not its length was announced. */

export interface LimitedRequest {
  readonly request: Request
  /** True once more bytes have arrived than allowed. */
  exceeded(): boolean
}

/** True when the announced length alone is already too much. */
export function announcesTooMuch(request: Request, maximumBytes: number): boolean {
  const announced = request.headers.get('content-length')
  return announced !== null && !(Number(announced) <= maximumBytes)
}

/** The request with a body that breaks off after `maximumBytes`; only chunked bodies need the counting. */
export function limitBody(request: Request, maximumBytes: number): LimitedRequest {
  const bodiless = request.method === 'GET' || request.method === 'HEAD'
  if (bodiless || request.headers.has('content-length') || request.body === null) {
    return { request, exceeded: () => false }
  }
  let received = 0
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.byteLength
        if (received > maximumBytes) controller.error(new Error('The body of the request is larger than allowed.'))
        else controller.enqueue(chunk)
      },
    }),
  )
  const { method, headers, signal } = request
  const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body: counted, duplex: 'half' }
  return { request: new Request(request.url, init), exceeded: () => received > maximumBytes }
}
