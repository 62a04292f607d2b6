// Runs on whatever Node started it (20 or newer) before anything is installed: plain JavaScript, no packages.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the checkout. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const NODE_MAJOR_MIN = 20
const NODE_MAJOR_WANTED = 24
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Says a line about the preparation, apart from the output of what runs afterwards. */
export const say = line => process.stderr.write(`tillwatch: ${line}\n`)

/** Ends with words for a person. */
function fail(line, nextStep) {
  say(line)
  if (nextStep) say(nextStep)
  process.exit(1)
}

const digest = files => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const filesBelow = folder =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/[\\/](node_modules|dist)([\\/]|$)/.test(entry.parentPath))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()

/** Runs `work` unless its stamp says that the same inputs have been through it. */
function once(stampFile, key, work) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === key) return
  work()
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, key)
}

function run(command, args, env = process.env) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env,
    shell: process.platform === 'win32',
  })
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`)
  if (result.status !== 0) fail(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`)
}

/** Installs the pinned libraries when they are not there yet, or when the lock file has changed since. */
export function installLibraries() {
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN)
    fail(
      `Node ${process.versions.node} is too old`,
      `Install Node ${NODE_MAJOR_MIN} or newer and run the same command again.`,
    )
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].map(file => join(root, file))
  once(join(root, 'node_modules', '.tillwatch-installed'), digest(inputs), () => {
    say('installing the pinned libraries (a minute on the first run)')
    run('npx', ['-y', `pnpm@${manifest.config.pnpm}`, 'install', '--frozen-lockfile', '--reporter=append-only'])
  })
}

/** Path of a Node 24: the running one when it is new enough, else the one that came with the libraries. */
function nodeBinary() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_WANTED) return process.execPath
  const { platform, arch } = process
  const folder = join(root, 'node_modules', `node-${platform === 'win32' ? 'win' : platform}-${arch}`, 'bin')
  const binary = join(folder, platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary))
    fail(
      `no Node ${NODE_MAJOR_WANTED} for ${platform} ${arch} among the libraries`,
      `Install Node ${NODE_MAJOR_WANTED} and run the same command with it.`,
    )
  return binary
}

/** Environment in which `node` and every tool of the workspace mean the wanted ones. */
function environment() {
  const separator = process.platform === 'win32' ? ';' : ':'
  const path = [dirname(nodeBinary()), join(root, 'node_modules', '.bin'), process.env.PATH].join(separator)
  return { ...process.env, PATH: path }
}

/** Path of a library's own command-line program, to be run by Node directly. `owner` is the workspace package that depends on it. */
export const program = (name, file, owner = '.') => join(root, owner, 'node_modules', name, file)

/** Builds the portal's static files when its sources have changed. */
export function buildPortal() {
  const inputs = [
    ...filesBelow(join(root, 'collector/portal')),
    ...filesBelow(join(root, 'shared/src')),
    join(root, 'pnpm-lock.yaml'),
  ]
  once(join(root, 'collector/portal/dist/.built'), digest(inputs), () => {
    say('building the portal')
    run(
      nodeBinary(),
      [program('vite', 'bin/vite.js', 'collector/portal'), 'build', 'collector/portal', '--logLevel', 'warn'],
      environment(),
    )
  })
}

/** Runs the wanted Node in the foreground, passes signals on, and resolves with the exit code. */
export function runNode(args, extraEnv = {}) {
  return new Promise(resolve => {
    const child = spawn(nodeBinary(), args, { cwd: root, stdio: 'inherit', env: { ...environment(), ...extraEnv } })
    // A terminal sends Ctrl-C to the whole group already; passing it on covers `kill` of this process alone.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    // A caller that is killed alone (npm's own process, its shell) tells nobody; being handed to another parent does.
    const parent = process.ppid
    setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 1_000).unref()
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 130 : 1)))
  })
}
