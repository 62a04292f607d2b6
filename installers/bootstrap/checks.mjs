// Everything that can be said of the sources without running them.
import { program, runNode, say } from './toolchain.mjs'

const CHECKS = [
  ['formatting and lint', [program('@biomejs/biome', 'bin/biome'), 'ci', '--error-on-warnings', '.']],
  ['types', [program('typescript', 'bin/tsc'), '-p', 'tsconfig.json']],
  ['types of the portal', [program('typescript', 'bin/tsc'), '-p', 'collector/portal/tsconfig.json']],
  ['dead code and dependencies', [program('knip', 'bin/knip.js')]],
]

/** Runs all checks, also after one has failed; resolves with the number of failed ones. */
export async function runChecks() {
  let failed = 0
  for (const [name, args] of CHECKS) {
    say(`checking ${name}`)
    if ((await runNode(args)) === 0) continue
    say(`${name}: failed, see above`)
    failed++
  }
  return failed
}
