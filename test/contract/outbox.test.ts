import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryOutbox } from '@tillwatch/agent/outbox/memory-outbox'
import { openOutbox } from '@tillwatch/agent/outbox/recover'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterAll } from 'vitest'
import { outboxContract } from './outbox.contract.ts'

// Hundreds of files, each written with full sync: in memory where the system has such a place.
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'outbox-contract-'))
let files = 0
afterAll(() => rmSync(root, { recursive: true }))

outboxContract('the outbox on SQLite', (clock, limits) =>
  openOutbox({ dir: join(root, String(files++)), clock, run: 'run', logger: recordingLogger(), limits }),
)

outboxContract('its twin in memory', (clock, limits) => new MemoryOutbox(clock, limits))
