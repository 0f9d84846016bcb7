/** Why a file is no document that this program can read. */
import type { XmlProblemCode } from '#platform/xml/tree.ts'

export type CdaProblemCode = XmlProblemCode | 'cda-not-cda' | 'cda-incomplete'
