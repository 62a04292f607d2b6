#!/usr/bin/env node
// `npm test`: installs what it needs and runs every check and test. Arguments go to the test runner, which then runs alone.
import { runChecks } from './checks.mjs'
import { installDebianPackages } from './debian.mjs'
import { buildPortal, installLibraries, program, runNode } from './toolchain.mjs'

const chosen = process.argv.slice(2)
installLibraries()
installDebianPackages()
buildPortal()
const failed = chosen.length > 0 ? 0 : await runChecks()
const code = await runNode([program('vitest', 'vitest.mjs'), 'run', ...chosen])
process.exit(failed > 0 ? 1 : code)
