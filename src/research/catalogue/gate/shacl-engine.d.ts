/** shacl-engine has no types of its own: what the gate uses of it. */
declare module 'shacl-engine/Validator.js' {
  import type { DatasetCore, NamedNode, Term } from '@rdfjs/types'

  interface Pointer {
    readonly term?: Term
  }
  export interface ShaclResult {
    readonly constraintComponent: NamedNode
    readonly focusNode: Pointer
    readonly value?: Pointer
    readonly severity?: NamedNode
    readonly path?: readonly { readonly predicates: readonly NamedNode[] }[]
    readonly results: readonly ShaclResult[]
    readonly args?: Readonly<Record<string, unknown>>
    readonly shape: { readonly ptr: Pointer }
  }
  export default class Validator {
    constructor(shapes: DatasetCore, options: { readonly factory: object; readonly details?: boolean })
    validate(data: { readonly dataset: DatasetCore }): Promise<{ conforms: boolean; results: readonly ShaclResult[] }>
  }
}
