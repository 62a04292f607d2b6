import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@tillwatch/shared'
import type { NodePackage } from './target.ts'

/** The same binary among the workspace's own libraries, or null. The lock file has checked those already. */
function installedNode(wanted: NodePackage): string | null {
  const folder = fileURLToPath(new URL(`../../node_modules/${wanted.name}/`, import.meta.url))
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return version === wanted.version ? join(folder, wanted.binary) : null
  } catch {
    return null
  }
}

/**
 * Path of the Node binary: the installed one, else the one in `cache`, fetched with npm when it is not there yet (npm's own configuration says from where).
 * The archive is checked against the pinned integrity before it is unpacked.
 */
export function fetchNode(wanted: NodePackage, cache: string): string {
  const installed = installedNode(wanted)
  if (installed) return installed
  const folder = join(cache, `${wanted.name}-${wanted.version}`)
  const binary = join(folder, wanted.binary)
  if (existsSync(binary)) return binary
  const unpacking = `${folder}.part`
  rmSync(unpacking, { recursive: true, force: true })
  mkdirSync(unpacking, { recursive: true })
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', unpacking, `${wanted.name}@${wanted.version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
  } catch (cause) {
    throw new AppError('package.fetch', `cannot fetch ${wanted.name} ${wanted.version}`, {
      cause,
      nextStep: 'Check that npm can install packages on this machine.',
    })
  }
  const archive = join(unpacking, readdirSync(unpacking).find(name => name.endsWith('.tgz')) ?? 'missing.tgz')
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (integrity !== wanted.integrity) {
    rmSync(unpacking, { recursive: true, force: true })
    throw new AppError('package.integrity', `${wanted.name} ${wanted.version} is not the pinned one`, {
      nextStep: 'Do not use it. Compare the pinned integrity in target.ts with the one that the registry publishes.',
      context: { integrity },
    })
  }
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', unpacking])
  rmSync(archive)
  rmSync(folder, { recursive: true, force: true })
  renameSync(unpacking, folder)
  return binary
}
