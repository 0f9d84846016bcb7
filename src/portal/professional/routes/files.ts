/** Files that leave the portal: saved by the browser, or shown by it without being able to do anything. */
import { pageHeaders } from '../visit.ts'
import type { JourneyVisit } from './guards.ts'

/** The names of files say what they are, not about whom. */
export function savedFile(visit: JourneyVisit, bytes: Uint8Array, type: string, name: string): Response {
  return visit.context.body(new Uint8Array(bytes), 200, {
    ...pageHeaders(visit.portal),
    'content-type': type,
    // RFC 6266: names with letters beyond ASCII travel encoded.
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  })
}

/** Shown inside a page of this portal: an image or a PDF whose bytes were checked; nothing in it may load or run anything. */
export function previewedFile(visit: JourneyVisit, bytes: Uint8Array, type: string): Response {
  return visit.context.body(new Uint8Array(bytes), 200, {
    ...pageHeaders(visit.portal),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    'content-type': type,
    'content-disposition': 'inline',
  })
}
