#!/usr/bin/env node
// `npm start`: installs what it needs and runs the whole product on this machine.
import { buildPortal, installLibraries, runNode } from './toolchain.mjs'

installLibraries()
buildPortal()
process.exit(await runNode(['test/demo/main.ts', ...process.argv.slice(2)]))
