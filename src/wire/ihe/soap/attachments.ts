/**
 * How documents stand in a message: as an MTOM part that `xop:Include` names, or as base64 in the element itself. The
 * codecs of XCA and XDR see neither: they ask for the bytes of an element, and hand over the bytes of one.
 *
 * Readers that need documents end in `(…, content: ContentOf)`, writers in `(…, attach: Attach)`, e.g.
 * `readRetrieveResponse(body, content)`, `readSubmission(body, content)`, `writeRetrieveResponse(answer, attach)`,
 * `writeSubmission(submission, profile, attach)`.
 */
import type { Result } from '#platform/result/result.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

/** Where the content of an element could not be had: not base64, a part that is not there, or named twice. */
export type ContentProblemCode = 'content-not-base64' | 'content-missing' | 'content-ambiguous'

/** The bytes of an element of type `xsd:base64Binary` (`Document`), inline or by `xop:Include`. Not copied when a part. */
export type ContentOf = (element: XmlElement) => Result<Uint8Array, ContentProblemCode>

/**
 * Takes the bytes of a document along and returns what stands in its element instead: an `xop:Include`, or base64. It is
 * XML text, ready to be put in. `contentType` is that of the part, by default `text/xml;charset=UTF-8`, as OpenNCP sends it.
 */
export type Attach = (bytes: Uint8Array, contentType?: string) => string
