/** What the tests need from the operating system, and how to get it. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Tool {
  readonly name: string
  readonly debianPackage: string
  readonly skips: string
  present(): boolean
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, command)))
}

const TOOLS: readonly Tool[] = [
  { name: 'Chromium', debianPackage: 'chromium', skips: 'tests in a browser', present: () => onPath('chromium') },
  {
    name: 'PostgreSQL',
    debianPackage: 'postgresql',
    skips: 'tests on PostgreSQL',
    present: () => onPath('initdb') || globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
  },
  { name: 'xmllint', debianPackage: 'libxml2-utils', skips: 'checks of XML schemas', present: () => onPath('xmllint') },
  {
    name: 'pdftotext',
    debianPackage: 'poppler-utils',
    skips: 'tests that read the PDF back',
    present: () => onPath('pdftotext'),
  },
]

export function missingTools(): readonly Tool[] {
  return TOOLS.filter((tool) => !tool.present())
}

/** Installs the missing tools when this is root on Debian; otherwise says in one line what to install and what is skipped. */
export function offerTools(missing: readonly Tool[]): void {
  if (missing.length === 0) return
  const packages = missing.map((tool) => tool.debianPackage)
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get')) {
    console.log(`Installing ${packages.join(', ')} for the tests.`)
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env: environment })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      stdio: 'ignore',
      env: environment,
    })
  }
  const still = missing.filter((tool) => !tool.present())
  if (still.length > 0) {
    console.log(
      `Not installed: ${still.map((tool) => `${tool.name} (apt-get install ${tool.debianPackage}; skipped: ${tool.skips})`).join(', ')}.`,
    )
  }
}
