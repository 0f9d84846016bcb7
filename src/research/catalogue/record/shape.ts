/**
 * How a class of nodes looks as a record: one table of fields says which property a field is, what it holds and how often.
 * Reading, writing, the editor and the types of TypeScript all come from the same tables (`dataset-record.ts`).
 */
import type { NodeId } from '../rdf/graph.ts'

/** Words, in a language where they have one. `datatype` only when it is another than `xsd:string`. */
export interface Text {
  readonly value: string
  readonly language?: string
  readonly datatype?: string
}

interface Plain<Kind extends string, Many extends boolean> {
  readonly kind: Kind
  readonly property: string
  readonly many: Many
}

/** A field whose values are nodes that this record describes too. */
export interface NodeField<S extends Shape, Many extends boolean> extends Plain<'node', Many> {
  readonly shape: S
}

export type Field =
  | Plain<'text' | 'link' | 'count' | 'boolean' | 'date' | 'decimal' | 'duration', boolean>
  | NodeField<Shape, boolean>

export interface Shape {
  /** Prefixed name of the class. */
  readonly type: string
  readonly fields: Readonly<Record<string, Field>>
}

type ValueOf<F> =
  F extends NodeField<infer S, boolean>
    ? RecordOf<S>
    : F extends { readonly kind: 'text' }
      ? Text
      : F extends { readonly kind: 'count' }
        ? number
        : F extends { readonly kind: 'boolean' }
          ? boolean
          : F extends { readonly kind: 'link' }
            ? NodeId
            : string

type FieldsOf<S extends Shape> = {
  readonly [K in keyof S['fields']]?: S['fields'][K] extends { readonly many: true }
    ? readonly ValueOf<S['fields'][K]>[]
    : ValueOf<S['fields'][K]>
}

/** A node of a record. What it was called and said to be in the source is kept, so that nothing changes on the way back. */
export type RecordOf<S extends Shape> = FieldsOf<S> & {
  /** Absent for a node that is new: it gets a name when it is written. */
  readonly node?: NodeId
  /** IRIs; absent when it is exactly the class of the shape. */
  readonly types?: readonly string[]
}

/** The same without its own types of fields, for code that walks any table. */
export interface AnyNode {
  readonly node?: NodeId
  readonly types?: readonly string[]
  readonly [field: string]: unknown
}

/** Literals, usually in several languages. */
export const texts = (property: string) => ({ kind: 'text', property, many: true }) as const
export const text = (property: string) => ({ kind: 'text', property, many: false }) as const
/** An address: of a page, of a code in an authority table, or of a thing described elsewhere. */
export const links = (property: string) => ({ kind: 'link', property, many: true }) as const
export const link = (property: string) => ({ kind: 'link', property, many: false }) as const
/** `xsd:nonNegativeInteger`. */
export const count = (property: string) => ({ kind: 'count', property, many: false }) as const
export const truth = (property: string) => ({ kind: 'boolean', property, many: false }) as const
/** `2024`, `2024-01`, `2024-01-15` or a moment with its time. */
export const date = (property: string) => ({ kind: 'date', property, many: false }) as const
export const decimal = (property: string) => ({ kind: 'decimal', property, many: false }) as const
/** ISO 8601, `P1M`. */
export const duration = (property: string) => ({ kind: 'duration', property, many: false }) as const
export const nodes = <S extends Shape>(property: string, shape: S) =>
  ({ kind: 'node', property, many: true, shape }) as const
export const node = <S extends Shape>(property: string, shape: S) =>
  ({ kind: 'node', property, many: false, shape }) as const
