/** The public door of the room. */
export { type Compiled, type CompileProgress, compileTerminology } from './compile.ts'
export {
  type FileProblem,
  type ImportOptions,
  type ImportProblemCode,
  type ImportResult,
  importTerminology,
} from './import/import.ts'
export { openTerminology, type TerminologyOptions } from './open.ts'
export { shippedSources, type TerminologySources } from './sources.ts'
export type * from './terminology.ts'
