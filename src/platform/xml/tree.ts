/**
 * The XML tree that readers walk: plain read-only objects, namespaces resolved, no parent pointers to keep it light.
 * Comments and processing instructions are not kept. Adjacent text and CDATA are one string.
 */
export interface XmlAttribute {
  /** Local name. */
  readonly name: string
  /** Namespace, '' for none. */
  readonly namespace: string
  readonly value: string
  /** As written; absent when there is none or when a program made the attribute. Only canonical forms need it. */
  readonly prefix?: string
}

/** A namespace declaration in force, linked to those outside it: what a prefix in a value or a canonical form needs. */
export interface XmlBinding {
  readonly prefix: string
  /** '' undoes a default namespace. */
  readonly namespace: string
  readonly outer?: XmlBinding
}

export interface XmlElement {
  /** Local name. */
  readonly name: string
  /** Namespace, '' for none. */
  readonly namespace: string
  readonly prefix: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlNode[]
  /** Line of the start tag, counted from 1. */
  readonly line: number
  /** The innermost declaration in force here, its own included; absent when there is none or a program made the element. */
  readonly bindings?: XmlBinding | undefined
}

export type XmlNode = XmlElement | string

export interface XmlDocument {
  readonly root: XmlElement
  /** The encoding that the bytes really had, e.g. `utf-8`. */
  readonly encoding: string
}

/** Where an element stands in its text; the four are in order. Of an element without an end tag the last three are one. */
export interface XmlSpan {
  /** Of the start tag. */
  readonly start: number
  /** Behind the start tag. */
  readonly content: number
  /** Of the end tag. */
  readonly contentEnd: number
  /** Behind the element. */
  readonly end: number
}

/** Bounds on an input; a document outside them is refused with its place. */
export interface XmlLimits {
  /** Bytes of the input; default 64 MiB. */
  readonly bytes: number
  /** Nesting of elements; default 256. */
  readonly depth: number
  /** Elements and attributes together; default 2,000,000. */
  readonly nodes: number
}

export type XmlProblemCode =
  | 'xml-too-large'
  | 'xml-encoding'
  | 'xml-doctype'
  | 'xml-not-well-formed'
  | 'xml-too-deep'
  | 'xml-too-many-nodes'
