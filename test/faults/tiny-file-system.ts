/** For tests: a file system of a few megabytes that can really be full. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TinyFileSystem {
  readonly path: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives it back. */
  makeRoom(): void
  remove(): void
}

/** A mounted tmpfs, or the reason why there is none. */
export function tinyFileSystem(megabytes: number): TinyFileSystem | string {
  if (process.platform !== 'linux') return 'A full disk is made with tmpfs, which only Linux has.'
  const path = mkdtempSync(join(tmpdir(), 'tessera-tiny-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  if (mounted.status !== 0) {
    rmdirSync(path)
    return 'A full disk is made by mounting a tmpfs, which needs root.'
  }
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) appendUntilFull(ballast, size)
    },
    makeRoom: () => rmSync(ballast),
    remove() {
      spawnSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

function appendUntilFull(file: string, size: number): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}
