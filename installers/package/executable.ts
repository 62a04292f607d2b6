import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inject } from 'postject'
import { fetchNode } from './node-package.ts'
import type { Target } from './target.ts'

/** Mark inside every Node binary that says where the program is put; part of Node's single-executable format. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** Folder with the serial library's prebuilt addons, found the way the agent itself finds the library. */
function serialPrebuilds(): string {
  const fromAgent = createRequire(createRequire(import.meta.url).resolve('@tillwatch/agent/package.json'))
  const fromSerial = createRequire(fromAgent.resolve('serialport'))
  return join(fromSerial.resolve('@serialport/bindings-cpp/package.json'), '..', 'prebuilds')
}

/** Makes one executable from the bundle; `cache` keeps fetched Node binaries. Returns its path. */
export async function makeExecutable(target: Target, bundle: string, output: string, cache: string): Promise<string> {
  const blob = join(output, `${target.name}.blob`)
  const configuration = join(output, `${target.name}.json`)
  writeFileSync(
    configuration,
    JSON.stringify({
      main: bundle,
      output: blob,
      disableExperimentalSEAWarning: true,
      // A till's memory is small: a young generation of 1 MB costs the agent nothing and saves a tenth of its memory.
      // DEP0169 is about a library's way of reading an address, which is ours. Node 22 does not know the setting and passes it over.
      execArgv: ['--max-semi-space-size=1', '--optimize-for-size', '--disable-warning=DEP0169'],
      assets: { 'serialport.node': join(serialPrebuilds(), target.serialAddon) },
    }),
  )
  execFileSync(fetchNode(target.blobMaker, cache), ['--experimental-sea-config', configuration], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const executable = join(output, target.executable)
  copyFileSync(fetchNode(target.base, cache), executable)
  chmodSync(executable, 0o755)
  await withoutWarnings(() => inject(executable, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: FUSE }))
  return executable
}

/** The injecting library warns of note sections that it does not touch; people would take that for a failure. */
async function withoutWarnings(work: () => Promise<void>): Promise<void> {
  const { warn, error } = console
  console.warn = () => undefined
  console.error = () => undefined
  try {
    await work()
  } finally {
    Object.assign(console, { warn, error })
  }
}
