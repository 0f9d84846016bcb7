/** `tessera audit verify`: the whole trail of a node, or files by their signatures. */
import { readFile } from 'node:fs/promises'
import { verifyTrail } from '#care/context/verify-trail.ts'
import { describeProblem, failed, type Result } from '#platform/result/result.ts'
import { verifyAuditMessage } from '#trust/audit/sign-audit-message.ts'
import { verifyEvidence } from '#trust/evidence/verify-evidence.ts'
import { certificateFingerprint } from '#trust/keys/certificate.ts'
import type { AuditOptions, AuditVerifyOptions } from '../commands/audit.ts'
import { EXIT } from '../program.ts'
import { withTrail } from './stores.ts'

export function verifyAudit(files: readonly string[], options: AuditVerifyOptions): Promise<number> {
  return files.length > 0 ? verifyFiles(files, options) : verifyNode(options)
}

function verifyNode(options: AuditVerifyOptions): Promise<number> {
  return withTrail(options, async ({ database, ledger, node, keys }) => {
    const chain = await ledger.verify()
    const own = [
      ...[keys.records, keys.signature].flatMap((key) => (key ? [certificateFingerprint(key.certificate)] : [])),
      ...(options.signer ?? []),
    ]
    const trail = await verifyTrail(database, ledger, node, own)
    const fine = chain.intact && trail.problems.length === 0
    if (options.json) console.log(JSON.stringify({ ledger: chain, ...trail }, null, 2))
    else {
      for (const { id, code } of trail.problems) console.error(`${id}: ${code}`)
      const counted = `${trail.transactions} transactions, ${trail.auditMessages} audit messages, ${trail.evidences} evidences`
      if (fine) console.log(`All agree: ${counted}; ${trail.waiting} still to be followed up.`)
      else if (chain.intact)
        console.error(`They do not agree (${counted}). Keep the database as it is, and find out who changed it.`)
      else
        console.error(
          `The ledger is not intact: entry ${chain.firstBad} (${chain.reason}). See: tessera ledger verify.`,
        )
    }
    return fine ? EXIT.fine : EXIT.failed
  })
}

interface FileVerdict {
  readonly file: string
  readonly what: string
  /** Hex SHA-256 of the certificate that signed. */
  readonly signer: string
}

async function verifyFiles(files: readonly string[], options: AuditOptions): Promise<number> {
  let exit: number = EXIT.fine
  for (const file of files) {
    const verdict = await verifyFile(file)
    if (!verdict.ok) exit = EXIT.failed
    if (options.json) console.log(JSON.stringify(verdict.ok ? verdict.value : { file, problem: verdict.problem }))
    else if (verdict.ok)
      console.log(`${file}: ${verdict.value.what}, signed and unchanged; certificate ${verdict.value.signer}`)
    else console.error(describeProblem({ ...verdict.problem, place: { ...verdict.problem.place, file } }))
  }
  return exit
}

async function verifyFile(file: string): Promise<Result<FileVerdict>> {
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined) return failed('file-unreadable', 'The file cannot be read.', 'Check its name.')
  const message = verifyAuditMessage(bytes)
  if (message.ok) {
    const { event } = message.value.message
    return {
      ok: true,
      value: {
        file,
        what: `audit message ${event.types[0]?.code ?? event.id.code}`,
        signer: message.value.signer.fingerprint,
      },
    }
  }
  if (message.problem.code !== 'audit-not-a-message') return message
  const evidence = verifyEvidence(bytes)
  if (!evidence.ok) return evidence
  return {
    ok: true,
    value: { file, what: `evidence ${evidence.value.form}`, signer: evidence.value.signer.fingerprint },
  }
}
