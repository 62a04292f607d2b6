import { closeSync, constants, openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { AppError, assert, messageOf } from '@tillwatch/shared'

/** Close-on-exec on Linux, which Node's constants lack. */
const O_CLOEXEC = 0o2000000
/** Larger than `struct termios` on any Linux. */
const TERMIOS_BYTES = 256
const TCSANOW = 0

/** The device's end of a serial line without hardware. */
export interface PseudoTerminal {
  /** What a client opens, `/dev/pts/3`. */
  readonly path: string
  write(bytes: Uint8Array): void
  /** Idempotent. */
  close(): void
}

/**
 * Opens a pseudo-terminal in raw mode: no echo, no line editing, all eight bits. It outlives clients that come and go.
 * Throws `pty.unavailable` where the system has none.
 */
export async function openPseudoTerminal(receive: (bytes: Uint8Array) => void): Promise<PseudoTerminal> {
  try {
    const { master, path } = await allocate()
    // Held open for two reasons: the raw mode stays, and the last client's leaving is no hang-up for the device.
    const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
    await setRaw(slave)
    const stream = new ReadStream(master)
    let isOpen = true
    stream.on('data', receive)
    stream.on('error', () => stream.destroy())
    return {
      path,
      write: bytes => void stream.write(bytes),
      close() {
        if (!isOpen) return
        isOpen = false
        stream.destroy()
        closeSync(slave)
      },
    }
  } catch (error) {
    throw new AppError('pty.unavailable', `no pseudo-terminal here: ${messageOf(error)}`, {
      nextStep: 'Use --listen tcp://127.0.0.1:0 instead.',
      cause: error,
    })
  }
}

async function loadLibc() {
  if (process.platform !== 'linux') throw new Error(`${process.platform} is not Linux`)
  const { default: koffi } = await import('koffi')
  return koffi.load('libc.so.6')
}

async function allocate(): Promise<{ master: number; path: string }> {
  const libc = await loadLibc()
  const posixOpenpt = libc.func('int posix_openpt(int flags)')
  const grantpt = libc.func('int grantpt(int fd)')
  const unlockpt = libc.func('int unlockpt(int fd)')
  const ptsname = libc.func('str ptsname(int fd)')
  const master: number = posixOpenpt(constants.O_RDWR | constants.O_NOCTTY | O_CLOEXEC)
  if (master < 0) throw new Error('posix_openpt failed')
  if (grantpt(master) !== 0 || unlockpt(master) !== 0) {
    closeSync(master)
    throw new Error('the pseudo-terminal cannot be unlocked')
  }
  return { master, path: ptsname(master) }
}

async function setRaw(fd: number) {
  const libc = await loadLibc()
  const termios = Buffer.alloc(TERMIOS_BYTES)
  const got = libc.func('int tcgetattr(int fd, void *termios)')(fd, termios)
  libc.func('void cfmakeraw(void *termios)')(termios)
  const set = libc.func('int tcsetattr(int fd, int when, void *termios)')(fd, TCSANOW, termios)
  assert(got === 0 && set === 0, 'a fresh pseudo-terminal takes its settings')
}
