/** R as WebAssembly, as its loader (`R.js` of webr, an Emscripten program) wants to be configured. Facts of webr 0.6. */

/** A file in the memory of R. */
interface Sized extends Buffer {
  size: number
}

interface WorkerFileSystem {
  readonly FILE_MODE: number
  reader?: { readAsArrayBuffer(bytes: Uint8Array): ArrayBufferLike }
  createNode(parent: unknown, name: string, mode: number, device: number, contents: Buffer): void
}

/** What the loader adds to the object that it is given. */
export interface RModule {
  readonly FS: {
    readonly filesystems: { readonly WORKERFS: WorkerFileSystem }
    mkdirTree(path: string): void
    chdir(path: string): void
    writeFile(path: string, content: string | Uint8Array): void
    readFile(path: string, options: { readonly encoding: 'utf8' }): string
    readdir(path: string): string[]
    lookupPath(path: string, options: object): { readonly node: unknown }
  }
  readonly ENV: Record<string, string>
  readonly _R_Interactive: number
  createLazyFilesystem(): void
  setValue(pointer: number, value: number, type: 'i8'): void
  allocateUTF8(text: string): number
  allocateUTF8OnStack(text: string): number
  _Rf_error(message: number): void
  callMain(options: readonly string[]): void
}

export interface RImage {
  readonly gzip?: boolean
  readonly files: readonly { readonly filename: string; readonly start: number; readonly end: number }[]
}

/** Puts the files of a package into R's file system. */
export function mountImage({ FS }: RModule, image: RImage, data: Buffer, at: string): void {
  const { WORKERFS } = FS.filesystems
  WORKERFS.reader ??= { readAsArrayBuffer: (bytes) => new Uint8Array(bytes).buffer }
  for (const { filename, start, end } of image.files) {
    const path = `${at}${filename}`
    const folder = path.slice(0, path.lastIndexOf('/'))
    FS.mkdirTree(folder)
    const { node } = FS.lookupPath(folder, {})
    WORKERFS.createNode(node, path.slice(folder.length + 1), WORKERFS.FILE_MODE, 0, sized(data.subarray(start, end)))
  }
}

/** The loader reads a file as it would read a Blob: by its size, in slices. */
function sized(bytes: Buffer): Sized {
  const slice = (from?: number, to?: number) => sized(bytes.subarray(from, to))
  return Object.assign(bytes, { size: bytes.byteLength, slice }) as Sized
}
