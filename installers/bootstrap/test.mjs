#!/usr/bin/env node
// `npm test`: installs what it needs and runs every check and test. Arguments go to the test runner.
import { installDebianPackages } from './debian.mjs'
import { buildPortal, installLibraries, program, runNode, say } from './toolchain.mjs'

installLibraries()
installDebianPackages()
buildPortal()
const checks = [
  ['formatting and lint', [program('@biomejs/biome', 'bin/biome'), 'ci', '--reporter=summary', '.']],
  ['types', [program('typescript', 'bin/tsc'), '-p', 'tsconfig.json']],
  ['types of the portal', [program('typescript', 'bin/tsc'), '-p', 'collector/portal/tsconfig.json']],
  ['dead code', [program('knip', 'bin/knip.js')]],
]
let failed = false
for (const [name, args] of process.argv.length > 2 ? [] : checks) {
  say(`checking ${name}`)
  if ((await runNode(args)) !== 0) {
    say(`${name}: failed, see above`)
    failed = true
  }
}
const code = await runNode([program('vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)])
process.exit(failed ? 1 : code)
