import { Button, Paper, Text, Title } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import type { TerminalView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { api } from '../../api.ts'
import { factText } from '../../fact-text.ts'
import { factName } from '../../i18n/fact-values.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { PriorityBadge, StatusBadge } from '../../widgets/badges.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { useValueWords } from '../../words.ts'

/** At most this many incidents are asked for one by one; a terminal has a handful. */
const INCIDENTS_SHOWN = 10

/** Open incidents of the terminal. */
export function TerminalIncidents({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation()
  const pick = usePick()
  const incidents = useQueries({
    queries: ids.slice(0, INCIDENTS_SHOWN).map(id => ({
      queryKey: ['incident', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.incident(id, signal),
    })),
  })
  if (ids.length === 0) return null
  return (
    <Paper component="section" aria-label={t('terminal.openIncidents')}>
      <Title order={2} mb={4}>
        {t('terminal.openIncidents')}
      </Title>
      <ul className="tw-list">
        {ids.slice(0, INCIDENTS_SHOWN).map((id, index) => {
          const incident = incidents[index]?.data
          return (
            <li key={id}>
              <div className="tw-line tw-line-top">
                {incident ? <PriorityBadge priority={incident.priority} short /> : null}
                <div className="tw-grow">
                  <Link href={`/incidents/${encodeURIComponent(id)}`} className="tw-wrap">
                    {incident ? pick(incident.title) : t('terminal.incidentLink')}
                  </Link>
                  {incident ? (
                    <div className="tw-line tw-dim tw-small">
                      № {incident.number} <StatusBadge status={incident.status} />
                    </div>
                  ) : null}
                </div>
              </div>
            </li>
          )
        })}
      </ul>
    </Paper>
  )
}

/** So many changes are read at a glance; a new register has told everything for the first time. */
const CHANGES_SHOWN = 10

/** What changed lately on the terminal, newest first. */
export function RecentChanges({ view, itemId }: { view: TerminalView; itemId: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const words = useValueWords()
  const [all, showAll] = useState(false)
  const changes = view.changes.filter(change => change.itemId === itemId)
  return (
    <Paper component="section" aria-label={t('terminal.changes')}>
      <Title order={2} mb={4}>
        {t('terminal.changes')}
      </Title>
      {changes.length === 0 ? (
        <Text c="dimmed" fz="sm">
          {t('terminal.noChanges')}
        </Text>
      ) : (
        <ul className="tw-list tw-small">
          {changes.slice(0, all ? changes.length : CHANGES_SHOWN).map(change => (
            <li key={`${change.fact}${change.at}`}>
              <div className="tw-line tw-line-top">
                <div className="tw-grow">
                  <span className="tw-dim">{factName(change.fact, language)}:</span>{' '}
                  <span className="tw-wrap">{factText(change.fact, change.value, language, words)}</span>
                </div>
                <span className="tw-dim">
                  <Moment at={change.at} timeZone={view.site?.timezone} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
      {changes.length > CHANGES_SHOWN && !all ? (
        <Button variant="subtle" size="compact-sm" onClick={() => showAll(true)}>
          {t('common.loadMore')}
        </Button>
      ) : null}
    </Paper>
  )
}
