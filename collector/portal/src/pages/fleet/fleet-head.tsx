import { Paper, Skeleton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { FleetSummary } from '../../api.ts'
import { useSummary } from '../../queries.ts'
import { PriorityBadge } from '../../widgets/badges.tsx'
import { HealthMark } from '../../widgets/health-mark.tsx'

const HEALTH_ORDER = ['red', 'yellow', 'green', 'grey'] as const
const AGENT_ORDER = ['online', 'offline', 'never'] as const
const AGENT_TEXTS = { online: 'agentsOnline', offline: 'agentsOffline', never: 'agentsNever' } as const

function Counts({ summary }: { summary: FleetSummary }) {
  const { t } = useTranslation()
  return (
    <div className="tw-tiles">
      <Paper component="section" aria-label={t('fleet.summaryHealth')}>
        <div className="tw-tile-title">{t('fleet.summaryHealth')}</div>
        <div className="tw-counts">
          {HEALTH_ORDER.map(health => (
            <span key={health} className="tw-count" data-zero={summary.health[health] === 0 || undefined}>
              <HealthMark health={health} />
              <b>{summary.health[health]}</b>
              {t(`healthShort.${health}`)}
            </span>
          ))}
        </div>
      </Paper>
      <Paper component="section" aria-label={t('fleet.summaryIncidents')}>
        <div className="tw-tile-title">{t('fleet.summaryIncidents')}</div>
        <div className="tw-counts">
          {([1, 2, 3, 4] as const).map(priority => {
            const count = summary.openIncidents[`p${priority}`]
            return (
              <span key={priority} className="tw-count" data-zero={count === 0 || undefined}>
                <PriorityBadge priority={priority} short />
                <b>{count}</b>
              </span>
            )
          })}
        </div>
      </Paper>
      <Paper component="section" aria-label={t('fleet.summaryAgents')}>
        <div className="tw-tile-title">{t('fleet.summaryAgents')}</div>
        <div className="tw-counts">
          {AGENT_ORDER.map(state => (
            <span key={state} className="tw-count" data-zero={summary.agents[state] === 0 || undefined}>
              <b>{summary.agents[state]}</b>
              {t(`fleet.${AGENT_TEXTS[state]}`)}
            </span>
          ))}
        </div>
      </Paper>
    </div>
  )
}

/** Counts over the whole fleet; a failure here never hides the list below. */
export function FleetHead() {
  const summary = useSummary()
  if (summary.data) return <Counts summary={summary.data} />
  return summary.error ? null : <Skeleton height={84} radius="md" />
}
