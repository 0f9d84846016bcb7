/** What other rooms use of this folder. */

export {
  type Level1Options,
  type WriteOptions,
  type WriteProblemCode,
  type WrittenCda,
  writeCda,
  writeCdaLevel1,
} from './write-cda.ts'
export type { NotWritten } from './writing.ts'
