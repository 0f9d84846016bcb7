/** Shows that long work advances: a bar on a terminal, nothing elsewhere. Writes to standard error only. */
export interface Progress {
  step(label: string): void
  /** Jumps to so many done. */
  at(count: number): void
  done(): void
}

export function startProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  let count = 0
  const shown = stream.isTTY === true
  const draw = (label: string): void => {
    if (!shown) return
    const width = 30
    const filled = total === 0 ? width : Math.min(width, Math.round((count / total) * width))
    stream.write(`\r\x1b[2K${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${count}/${total} ${label.slice(-60)}`)
  }
  return {
    step(label) {
      count += 1
      draw(label)
    },
    at(done) {
      count = done
      draw('')
    },
    done() {
      if (shown) stream.write('\r\x1b[2K')
    },
  }
}
