import type { DatabaseSync } from 'node:sqlite'
import { type EpochMs, messageOf } from '@tillwatch/shared'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import type { AcceptedMessage, CommitOutcome } from '../ingest/batch.ts'
import { inSavepoint } from '../store/sqlite/database.ts'
import { earliest } from './earliest.ts'
import type { Evaluation } from './evaluation.ts'
import type { ItemIntake } from './item-intake.ts'
import type { ItemRecord, ItemStore } from './item-store.ts'
import type { Surroundings } from './surroundings.ts'

/** What failed is tried again after this long. */
const RETRY_MS = 5 * 60_000

/** What a round works with. */
export interface RoundParts {
  readonly items: ItemStore
  readonly store: IncidentStore
  readonly keeper: IncidentKeeper
  readonly rooms: readonly IncidentRoom[]
  /** Until when a room that failed is left alone. */
  readonly resting: Map<IncidentRoom, EpochMs>
  readonly intake: ItemIntake
  readonly evaluation: Evaluation
}

/** When a room has something to do; not before its rest is over. */
function roomDueAt(room: IncidentRoom, resting: ReadonlyMap<IncidentRoom, EpochMs>): EpochMs | null {
  const dueAt = room.nextDueAt?.() ?? null
  return dueAt === null ? null : Math.max(dueAt, resting.get(room) ?? dueAt)
}

/** The work of one transaction. What fails undoes only itself and waits aside, so that it holds up nothing else; the outcome names it. */
export class Round {
  readonly #database: DatabaseSync
  readonly #parts: RoundParts
  readonly #around: Surroundings
  readonly #now: EpochMs
  readonly #itemIds = new Set<string>()
  readonly #incidentIds = new Set<string>()
  readonly #failures: { itemId: string; message: string }[] = []

  constructor(database: DatabaseSync, parts: RoundParts, around: Surroundings, now: EpochMs) {
    this.#database = database
    this.#parts = parts
    this.#around = around
    this.#now = now
  }

  get outcome(): CommitOutcome {
    return { itemIds: [...this.#itemIds], incidentIds: [...this.#incidentIds], failures: this.#failures }
  }

  /** Merges what agents said into items and evaluates those that learned something. */
  async takeIn(messages: readonly AcceptedMessage[]): Promise<void> {
    const { intake } = this.#parts
    for (const [itemId, pieces] of intake.byItem(messages)) {
      const merged = await inSavepoint(this.#database, () => intake.merge(itemId, pieces, this.#around))
      if ('failure' in merged) this.#fail(itemId, merged.failure)
      else if (merged.value) await this.#evaluate(merged.value)
      else this.#itemIds.add(itemId)
    }
  }

  /** Evaluates items that are due by time, at least one. */
  async wakeItems(hasTime: () => boolean): Promise<void> {
    const { items } = this.#parts
    for (const id of items.due(this.#now)) {
      const loaded = await inSavepoint(this.#database, () => items.load(id))
      if ('failure' in loaded) {
        items.setDue(id, this.#now + RETRY_MS)
        this.#fail(id, loaded.failure)
      } else if (loaded.value) await this.#evaluate(loaded.value)
      if (!hasTime()) return
    }
  }

  /** Moves incidents that are due by time, at least one. */
  async wakeIncidents(hasTime: () => boolean): Promise<void> {
    const { store, keeper } = this.#parts
    for (const { id, itemId } of store.due(this.#now)) {
      const done = await inSavepoint(this.#database, () => keeper.wake(id, this.#now))
      this.#incidentIds.add(id)
      if ('failure' in done) {
        store.setDue(id, this.#now + RETRY_MS)
        this.#fail(itemId, done.failure)
      }
      if (!hasTime()) return
    }
  }

  /** Lets every room do what is due in it; a room that fails keeps no other from its work. Returns when one has something to do next. */
  async wakeRooms(hasTime: () => boolean): Promise<EpochMs | null> {
    const { rooms, resting } = this.#parts
    let next: EpochMs | null = null
    let isIdle = true
    const failed = (failure: unknown) => this.#fail('', failure)
    for (const room of rooms) {
      const dueAt = roomDueAt(room, resting)
      if (dueAt === null || dueAt > this.#now) {
        next = earliest(next, dueAt)
        continue
      }
      isIdle = false
      const done = await inSavepoint(this.#database, () => room.wake?.(this.#now, hasTime, failed) ?? [])
      resting.delete(room)
      if ('failure' in done) {
        resting.set(room, this.#now + RETRY_MS)
        failed(done.failure)
      } else for (const id of done.value) this.#incidentIds.add(id)
      if (!hasTime()) return this.#now
    }
    // What one did may have given work to another that was asked before it.
    return isIdle ? next : rooms.map(room => roomDueAt(room, resting)).reduce(earliest, null)
  }

  /** The facts of an item whose evaluation fails are kept. */
  async #evaluate(record: ItemRecord): Promise<void> {
    const { items, evaluation } = this.#parts
    this.#itemIds.add(record.id)
    const done = await inSavepoint(this.#database, () => evaluation.run(record, this.#around, this.#now))
    if ('value' in done) {
      for (const incidentId of done.value) this.#incidentIds.add(incidentId)
      return
    }
    const again = this.#now + RETRY_MS
    const kept = await inSavepoint(this.#database, () => items.save({ ...record, nextDueAt: again }, this.#now))
    if ('failure' in kept) items.setDue(record.id, again)
    this.#fail(record.id, done.failure)
  }

  #fail(itemId: string, failure: unknown): void {
    this.#failures.push({ itemId, message: messageOf(failure) })
  }
}
