#!/usr/bin/env node
// `pnpm check`: format, lint, types, dead code and the architecture tests.
import { runChecks } from './checks.mjs'
import { installLibraries, program, runNode } from './toolchain.mjs'

installLibraries()
const failed = await runChecks()
const code = await runNode([program('vitest', 'vitest.mjs'), 'run', '--project', 'arch'])
process.exit(failed > 0 ? 1 : code)
