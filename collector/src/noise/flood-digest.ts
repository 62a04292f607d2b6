import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Notices } from '../notices/notice.ts'
import type { NoiseCounters } from './noise-counters.ts'

/** One message that stands for the tickets that wait. */
export interface Digest {
  /** Asks for a digest of what a tenant holds from `since` on; nothing when one is asked for already. */
  ask(tenantId: string, since: EpochMs, dueAt: EpochMs): void
  send(now: EpochMs): void
  nextDueAt(): EpochMs | null
}

/** Who is told that there are more incidents than tickets. */
const TOLD = ['line1_lead', 'duty'] as const
/** Incidents named in a digest; the list in the portal has them all. */
const NAMED_MAX = 50

/** The digests over an open connection of the state thread. */
export function createDigest(database: DatabaseSync, notices: Notices, counters: NoiseCounters): Digest {
  const insert = database.prepare(
    'INSERT INTO flood_digests (tenant_id, since, due_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const selectDue = database.prepare('SELECT tenant_id AS tenantId FROM flood_digests WHERE due_at <= ?')
  const remove = database.prepare('DELETE FROM flood_digests WHERE tenant_id = ?')
  const selectNext = database.prepare('SELECT min(due_at) AS at FROM flood_digests')
  const countHeld = database.prepare('SELECT count(*) AS n FROM flood_held WHERE tenant_id = ?')
  const selectHeld = database.prepare(
    `SELECT n.number, n.priority, n.title_ru AS ru, n.title_en AS en, s.name AS site FROM flood_held h
       JOIN incidents n ON n.id = h.incident_id LEFT JOIN sites s ON s.id = n.site_id
      WHERE h.tenant_id = ? AND n.status IN ('open', 'in_work', 'waiting') ORDER BY n.priority, n.number LIMIT ${NAMED_MAX}`,
  )
  return {
    ask: (tenantId, since, dueAt) => {
      insert.run(tenantId, since, dueAt)
    },
    send: now => {
      for (const row of selectDue.all(now)) {
        const tenantId = String(row['tenantId'])
        remove.run(tenantId)
        const held = selectHeld.all(tenantId) as unknown as HeldRow[]
        if (held.length === 0) continue
        const { n } = countHeld.get(tenantId) as { n: number }
        const digest = { tenantId, incidentId: null, key: `flood.${now}`, ...digestText(held, n) }
        for (const role of TOLD) notices.add({ ...digest, role }, now)
        counters.add('flood_digests')
      }
    },
    nextDueAt: () => (selectNext.get() as { at: number | null }).at,
  }
}

interface HeldRow {
  readonly number: number
  readonly priority: number
  readonly ru: string
  readonly en: string
  readonly site: string | null
}

function digestText(
  held: readonly HeldRow[],
  total: number,
): { readonly subject: Bilingual; readonly text: Bilingual } {
  const lines = (language: 'ru' | 'en') =>
    held.map(({ number, priority, site, ...title }) => {
      const place = site === null ? '' : `${site}: `
      return language === 'ru'
        ? `№${number}, приоритет ${priority}. ${place}${title.ru}`
        : `#${number}, priority ${priority}. ${place}${title.en}`
    })
  const rest = total - held.length
  return {
    subject: {
      ru: `Много новых инцидентов: ждут заявки ${total}`,
      en: `Many new incidents: ${total} wait for a ticket`,
    },
    text: {
      ru: [
        'За 10 минут инцидентов больше обычного. Сроки идут, заявки придут по мере разбора; приоритет 1 не ждёт.',
        ...lines('ru'),
        ...(rest > 0 ? [`И ещё ${rest}, все в списке инцидентов.`] : []),
      ].join('\n'),
      en: [
        'More incidents than usual within 10 minutes. Their clocks run, tickets follow at a bounded rate; priority 1 does not wait.',
        ...lines('en'),
        ...(rest > 0 ? [`And ${rest} more, all in the list of incidents.`] : []),
      ].join('\n'),
    },
  }
}
