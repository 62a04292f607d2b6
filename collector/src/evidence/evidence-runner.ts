import { AppError, type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import { Counter, type Registry } from 'prom-client'
import type { Desk } from '../connectors/registry.ts'
import type { Courier } from '../remote/courier.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { Charts } from './charts.ts'
import type { Evidence, EvidenceDesks, EvidenceTask } from './evidence.ts'
import { type EvidenceFile, type EvidenceLanguage, type EvidenceSort, evidenceName } from './evidence-file.ts'
import { ASKER } from './log-reader.ts'
import { mergedLog } from './merged-log.ts'

/** New incidents are looked for this often; a person who opens the ticket at once finds the files a moment later. */
const LOOK_MS = 2_000
/** Between two pieces of work, so that a wave of incidents takes no more than its share. */
const PAUSE_MS = 100
/** One file of evidence; a chart has a tenth of it. */
const FILE_BYTES_MAX = 512 * 1024

export interface EvidenceRunnerOptions {
  readonly evidence: Evidence
  readonly charts: Charts
  readonly courier: Pick<Courier, 'issue'>
  readonly desks: readonly Pick<Desk, 'connector' | 'tenants'>[]
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
  /** Something is new of an incident: its page, and messages to its desks. */
  readonly changed: (incidentId: string) => void
}

/** Gathers what goes with tickets: one incident at a time, each step kept before the next. Lives in the main thread. */
export function createEvidenceRunner(options: EvidenceRunnerOptions): Component {
  const { evidence, charts, courier, clock, log, changed } = options
  const files = new Counter({
    name: 'tillwatch_evidence_files_total',
    help: 'Files made for incidents, and those that could not be made',
    labelNames: ['sort', 'outcome'],
    registers: [options.registry],
  })

  const desksOf = (tenantId: string): EvidenceDesks => {
    const own = options.desks.filter(({ tenants }) => tenants.includes(tenantId)).map(({ connector }) => connector)
    return {
      // One that takes none is told where they are.
      files: own.map(({ name }) => name),
      items: own.filter(({ linkItem }) => linkItem).map(({ name }) => name),
    }
  }
  /** Those of the tenant's desks; Russian where only the portal shows it. */
  const languagesOf = (tenantId: string): readonly EvidenceLanguage[] => {
    const own = options.desks.filter(({ tenants }) => tenants.includes(tenantId))
    return own.length === 0 ? ['ru'] : [...new Set(own.map(({ connector }) => connector.language))]
  }

  const filesOf = (
    task: EvidenceTask,
    sort: EvidenceSort,
    made: readonly (readonly [EvidenceLanguage, Uint8Array])[],
  ): readonly EvidenceFile[] =>
    made.flatMap(([language, bytes]) => {
      const isTooLarge = bytes.length > FILE_BYTES_MAX
      files.inc({ sort, outcome: isTooLarge ? 'too_large' : 'made' })
      const type = sort === 'chart' ? 'image/png' : 'text/plain'
      return isTooLarge ? [] : [{ name: evidenceName(task.number, sort, language), type, bytes, language }]
    })

  const chart = async (task: Extract<EvidenceTask, { do: 'chart' }>): Promise<void> => {
    const languages = languagesOf(task.tenantId)
    const pictures = task.subject === null ? [] : await drawn(task, languages)
    const made = pictures.flatMap((bytes, index) => (languages[index] ? [[languages[index], bytes] as const] : []))
    await evidence.charted(task.incidentId, filesOf(task, 'chart', made), desksOf(task.tenantId), clock.now())
  }

  /** A chart that cannot be drawn must not keep back the rest. */
  const drawn = async (
    { subject, incidentId }: Extract<EvidenceTask, { do: 'chart' }>,
    languages: readonly EvidenceLanguage[],
  ): Promise<readonly Uint8Array[]> => {
    if (subject === null) return []
    try {
      return await charts.draw(subject, languages)
    } catch (thrown) {
      files.inc({ sort: 'chart', outcome: 'failed' })
      log.warn({ incident: incidentId, problem: messageOf(thrown) }, 'a chart could not be drawn')
      return []
    }
  }

  const ask = async (task: Extract<EvidenceTask, { do: 'ask' }>): Promise<void> => {
    const id = await courier
      .issue({ tenantId: task.tenantId, name: ASKER }, task.agentId, task.command)
      .catch(thrown => {
        if (!(thrown instanceof AppError)) throw thrown
        log.info({ agent: task.agentId, problem: thrown.message }, 'an agent was not asked for its log')
        return null
      })
    await evidence.asked(task.incidentId, id, clock.now())
  }

  const merge = async (task: Extract<EvidenceTask, { do: 'log' }>): Promise<void> => {
    const made = languagesOf(task.tenantId).flatMap(language => {
      const text = mergedLog(task.sources, language)
      return text === null ? [] : [[language, new TextEncoder().encode(text)] as const]
    })
    if (task.missing !== null) files.inc({ sort: 'log', outcome: 'no_answer' })
    const { incidentId, tenantId, missing } = task
    await evidence.logged(incidentId, filesOf(task, 'log', made), missing, desksOf(tenantId), clock.now())
  }

  const carryOut = (task: EvidenceTask): Promise<void> => {
    if (task.do === 'chart') return chart(task)
    return task.do === 'ask' ? ask(task) : merge(task)
  }

  const turn = async (): Promise<number> => {
    const task = await evidence.next(clock.now())
    if (!task) {
      const nextAt = await evidence.nextAt()
      return nextAt === null ? LOOK_MS : Math.min(Math.max(nextAt - clock.now(), PAUSE_MS), LOOK_MS)
    }
    try {
      await carryOut(task)
      changed(task.incidentId)
    } catch (thrown) {
      log.error({ incident: task.incidentId, step: task.do, problem: messageOf(thrown) }, 'evidence was not gathered')
      await evidence.putOff(task.incidentId, clock.now())
    }
    return PAUSE_MS
  }
  return createRepeatedJob('evidence', LOOK_MS, turn, { clock, log })
}
