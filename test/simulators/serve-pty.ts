import { lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { AppError, messageOf } from '@tillwatch/shared'
import { openPseudoTerminal } from './pseudo-terminal.ts'
import type { SimulatedRegister } from './register.ts'
import type { ServedPort } from './serve-tcp.ts'

/**
 * Serves the register on a pseudo-terminal that `linkPath` points at. A link that an earlier run left is replaced.
 * Throws `pty.unavailable` where there are no pseudo-terminals, `pty.link` when something else has the path.
 */
export async function servePty(register: SimulatedRegister, linkPath: string): Promise<ServedPort> {
  const occupied = lstatSync(linkPath, { throwIfNoEntry: false })
  if (occupied && !occupied.isSymbolicLink())
    throw new AppError('pty.link', `${linkPath} exists and is not a symbolic link`, {
      nextStep: 'Choose another path.',
    })
  let answer = (_bytes: Uint8Array) => {}
  const line = register.openLine(bytes => answer(bytes))
  const terminal = await openPseudoTerminal(bytes => line.receive(bytes))
  answer = terminal.write
  try {
    rmSync(linkPath, { force: true })
    symlinkSync(terminal.path, linkPath)
  } catch (error) {
    terminal.close()
    throw new AppError('pty.link', messageOf(error), { nextStep: 'Choose a path in a folder that can be written to.' })
  }
  return {
    address: linkPath,
    close: async () => {
      line.close()
      if (pointsAt(linkPath, terminal.path)) rmSync(linkPath, { force: true })
      terminal.close()
    },
  }
}

/** True while the link is still ours: a later run may have taken the path. */
const pointsAt = (linkPath: string, target: string) =>
  lstatSync(linkPath, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(linkPath) === target
