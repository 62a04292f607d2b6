import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IdentityFile } from '@tillwatch/shared'
import { readIdentity } from '../stack/scripted-agent.ts'
import { createStack, type Stack, type StackOptions } from '../stack/stack.ts'
import { startRelay, type TcpRelay } from '../stack/tcp-relay.ts'

/** A stack in a folder of its own, with what the tests of one file must undo. */
export interface World {
  readonly stack: Stack
  readonly identityFile: string
  readonly agentDir: string
  readonly collectorDir: string
  identity(): IdentityFile
  /** Puts a network that can fail between the agent and the broker. */
  relay(): Promise<TcpRelay>
  /** Stops everything, the latest first, and removes the folder. */
  end(): Promise<void>
}

/** Enrolled and registered, nothing running yet but the simulated register. */
export async function createWorld(
  options: Partial<StackOptions> & { readonly register?: boolean } = {},
): Promise<World> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tillwatch-fault-'))
  const stack = await createStack({ ...options, folder })
  const identityFile = join(folder, 'identity.json')
  const undo: (() => Promise<void>)[] = [() => stack.stop()]
  if (options.register !== false) await stack.startRegister()
  await stack.enrol()
  return {
    stack,
    identityFile,
    agentDir: join(folder, 'agent'),
    collectorDir: join(folder, 'collector'),
    identity: () => readIdentity(identityFile),
    async relay() {
      const { hostname, port } = new URL(readIdentity(identityFile).url)
      const relay = await startRelay({ host: hostname, port: Number(port) })
      undo.push(() => relay.close())
      const identity = { ...readIdentity(identityFile), url: `mqtts://${hostname}:${relay.port}` }
      writeFileSync(identityFile, JSON.stringify(identity), { mode: 0o600 })
      return relay
    },
    async end() {
      for (const step of undo.splice(0).reverse()) await step()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the world's simulated register was asked, by the log of all commands: lines marked as forbidden. */
export const forbiddenCommands = (stack: Stack): readonly string[] =>
  readFileSync(stack.simulatorLog, 'utf8')
    .split('\n')
    .filter(line => line.includes('"forbidden":true'))
