import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, unreachable } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { type Chance, chanceOf } from './chance.ts'
import { HookDesk, RedmineDesk } from './desk.ts'
import { fillDirectory } from './directory.ts'
import { badWire, goodWire, Network } from './network.ts'
import { callPeople, type Plan } from './people.ts'
import { reckon } from './reckoning.ts'
import { Register } from './register.ts'
import { Scheduler } from './scheduler.ts'
import { type Episode, writeScript } from './script.ts'
import { Server } from './server.ts'
import { Till } from './till.ts'
import { type Broken, Verdict } from './verdict.ts'
import { Watch } from './watch.ts'
import { watchClocks } from './watch-sla.ts'

/** What came of one seed. */
export interface Outcome {
  readonly seed: number
  readonly broken: readonly Broken[]
  /** Equal runs have equal ones. */
  readonly fingerprint: string
  readonly events: number
  readonly readings: number
  readonly incidents: number
  readonly log: readonly string[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Clocks are added up anew this often. */
const CLOCKS_HOURS = 6
const STARTS_AT = Date.parse('2026-11-22T04:00:00Z')
/** After the last trouble: holds run out, clocks of the machine pass, desks get what they are owed. */
const SETTLING_MS = 54 * HOUR_MS
/** Where files cost no disk; elsewhere the ordinary place. */
const SHELF = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Plays `weeks` of the world of a seed. Deterministic: the same arguments give the same outcome. */
export async function play(seed: number, weeks = 1): Promise<Outcome> {
  const folder = mkdtempSync(join(SHELF, 'tillwatch-sim-'))
  const world = new World(seed, folder)
  try {
    return await world.play(weeks * 7 * DAY_MS)
  } finally {
    world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

class World {
  readonly #seed: number
  readonly #chance: Chance
  readonly #scheduler: Scheduler
  readonly #network: Network
  readonly #redmine: RedmineDesk
  readonly #hook: HookDesk
  readonly #server: Server
  readonly #tills: readonly Till[]
  readonly #verdict: Verdict
  readonly #watch: Watch
  readonly #log = recordingLogger()
  /** Planned work that people announced, the newest last. */
  readonly #plans: Plan[] = []
  /** Those of them that the collector's backup has. */
  #backedUpPlans: readonly Plan[] = []
  #hours = 0

  constructor(seed: number, folder: string) {
    const chance = chanceOf(seed)
    this.#seed = seed
    this.#chance = chance
    this.#scheduler = new Scheduler(STARTS_AT, chance.part('order').random)
    this.#verdict = new Verdict(this.#scheduler)
    this.#network = new Network(this.#scheduler, chance.part('network'))
    this.#redmine = new RedmineDesk(this.#scheduler, chance.part('redmine'))
    this.#hook = new HookDesk(this.#scheduler, chance.part('hook'))
    this.#server = new Server({
      folder: join(folder, 'server'),
      scheduler: this.#scheduler,
      network: this.#network,
      desks: [this.#redmine, this.#hook],
      chance: chance.part('server'),
      logger: this.#log,
      ran: call => this.#watch.look(call),
    })
    const tills = chance.between(2, 4)
    this.#tills = Array.from({ length: tills }, (_, index) => this.#till(index, folder))
    this.#watch = new Watch(this.#server, this.#tills, this.#verdict)
  }

  async play(lengthMs: number): Promise<Outcome> {
    await this.#begin()
    const script = writeScript(this.#chance.part('script'), this.#tills.length, lengthMs - SETTLING_MS)
    for (const episode of script) this.#plan(episode)
    callPeople(this.#server, this.#scheduler, this.#chance.part('people'), lengthMs - SETTLING_MS, this.#plans)
    while (this.#scheduler.elapsedMs < lengthMs && this.#verdict.broken.length === 0) {
      await this.#scheduler.advance(HOUR_MS)
      if (this.#hours++ % CLOCKS_HOURS === 0) this.#lookAtClocks()
    }
    for (const till of this.#tills) till.endPolling()
    if (this.#verdict.broken.length === 0) await this.#scheduler.advance(HOUR_MS)
    if (this.#verdict.broken.length === 0) {
      this.#lookAtClocks()
      const [server, tills, verdict] = [this.#server, this.#tills, this.#verdict]
      reckon({ server, tills, verdict, redmine: this.#redmine, hook: this.#hook })
    }
    return this.#outcome()
  }

  #lookAtClocks(): void {
    watchClocks(this.#server.books.state, this.#plans, this.#verdict, this.#scheduler.now)
  }

  close(): void {
    for (const till of this.#tills) till.close()
    this.#server.close()
  }

  #till(index: number, folder: string): Till {
    const chance = this.#chance.part(`till ${index}`)
    const serial = String(301_234 + index).padStart(16, '0')
    return new Till({
      agentId: `till-${index + 1}`,
      folder,
      register: new Register(
        'register-1',
        serial,
        chance.pick(['7709990008', '7709990016']),
        chance.part('register'),
        STARTS_AT,
      ),
      scheduler: this.#scheduler,
      network: this.#network,
      chance,
      logger: this.#log,
      outboxMessages: chance.pick([8, 24, 1_000]),
      settles: (...what) => this.#watch.settles(...what),
    })
  }

  async #begin(): Promise<void> {
    await this.#server.prepare()
    void this.#server.start()
    await this.#scheduler.advance(1_000)
    const { people } = this.#server
    assert(people, 'the collector of a new world runs')
    const agentIds = this.#tills.map(({ agentId }) => agentId)
    const filled = fillDirectory(people.fleet, agentIds, this.#chance.part('directory'), STARTS_AT)
    await this.#scheduler.advance(1_000)
    await filled
    for (const till of this.#tills) await till.start()
  }

  #plan(episode: Episode): void {
    const scheduler = this.#scheduler
    scheduler.after(episode.from - scheduler.elapsedMs, `${episode.kind} begins`, () => this.#begins(episode))
    scheduler.after(episode.to - scheduler.elapsedMs, `${episode.kind} ends`, () => this.#ends(episode))
  }

  #begins(episode: Episode): void {
    switch (episode.kind) {
      case 'fault':
        this.#of(episode).setFault(episode.fault, true)
        break
      case 'cut':
        this.#network.cut(this.#of(episode).agentId)
        break
      case 'bad_wire':
        Object.assign(this.#network.wireOf(this.#of(episode).agentId), badWire(this.#chance))
        break
      case 'till_killed':
        this.#of(episode).kill()
        break
      case 'till_off':
        this.#of(episode).shutDown()
        break
      case 'old_image':
        this.#of(episode).takesImage()
        break
      case 'clock':
        this.#of(episode).setClock(episode.offsetMs)
        break
      case 'server_killed':
        this.#server.kill()
        break
      case 'server_restored':
        this.#server.backUp()
        this.#backedUpPlans = this.#plans.filter(plan => plan.isOpen)
        break
      case 'server_disk':
        this.#server.setDisk(episode.share, episode.fault)
        break
      case 'desk':
        this.#desk(episode.desk).mood = episode.mood
        break
      default:
        unreachable(episode)
    }
  }

  #ends(episode: Episode): void {
    switch (episode.kind) {
      case 'fault':
        this.#of(episode).setFault(episode.fault, false)
        break
      case 'cut':
        this.#network.mend(this.#of(episode).agentId)
        break
      case 'bad_wire':
        Object.assign(this.#network.wireOf(this.#of(episode).agentId), goodWire())
        break
      case 'till_killed':
      case 'till_off':
        this.#starts(this.#of(episode))
        break
      case 'old_image':
        this.#watch.wentBack(this.#of(episode).register.serial)
        void this.#of(episode).comesBackOld()
        break
      case 'clock':
        this.#of(episode).setClock(0)
        break
      case 'server_killed':
        void this.#server.start()
        break
      case 'server_restored':
        this.#restores()
        break
      case 'server_disk':
        this.#server.setDisk(0, 'none')
        break
      case 'desk':
        this.#desk(episode.desk).mood = 'well'
        break
      default:
        unreachable(episode)
    }
  }

  #restores(): void {
    if (!this.#server.restore()) return
    this.#watch.restored()
    // What people announced since the backup is gone with the files, until somebody announces it again.
    for (const plan of this.#plans) plan.isOpen = this.#backedUpPlans.includes(plan)
    for (const till of this.#tills) till.ledger.collectorRestored = true
    void this.#server.start()
  }

  #starts(till: Till): void {
    if (!till.isOn) void till.start()
  }

  #desk(name: 'redmine' | 'hook') {
    return name === 'redmine' ? this.#redmine : this.#hook
  }

  #of({ till }: { readonly till: number }): Till {
    const found = this.#tills[till]
    if (!found) throw new Error(`there is no till ${till}`)
    return found
  }

  #outcome(): Outcome {
    const count = this.#server.books.state.prepare('SELECT count(*) AS n FROM incidents').get()
    return {
      seed: this.#seed,
      broken: this.#verdict.broken,
      fingerprint: this.#scheduler.fingerprint(),
      events: this.#scheduler.events,
      readings: this.#tills.reduce((sum, { ledger }) => sum + ledger.readings.length, 0),
      incidents: Number(count?.['n']),
      log: this.#log.lines
        .slice(-40)
        .map(({ level, message, fields }) => `${level} ${message} ${JSON.stringify(fields)}`),
    }
  }
}
