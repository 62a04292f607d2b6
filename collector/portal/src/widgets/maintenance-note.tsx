import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useMaintenanceAt } from '../queries.ts'
import { Moment } from './moment.tsx'

interface MaintenanceNoteProps {
  readonly agentId: string
  readonly timeZone: string | undefined
}

/** Says on the page of a till or an incident that planned work goes on there. */
export function MaintenanceNote({ agentId, timeZone }: MaintenanceNoteProps) {
  const { t } = useTranslation()
  const windows = useMaintenanceAt(agentId).data ?? []
  if (windows.length === 0) return null
  return (
    <div className="tw-note" data-tone="accent" role="status">
      <Text fw={600} fz="sm">
        {t('maintenance.banner')}
      </Text>
      {windows.map(window => (
        <Text key={window.id} fz="sm" className="tw-wrap">
          {window.source === 'replacement' ? t('maintenance.replacement') : window.reason} · {window.author} ·{' '}
          {window.until ? (
            <>
              {t('maintenance.untilTime')} <Moment at={window.until} timeZone={timeZone} withZone />
            </>
          ) : (
            t('maintenance.openEnd')
          )}
          {window.check ? ` · ${window.check}` : ''}
          {window.agreed ? ` · ${t('maintenance.agreed')}` : ''}
        </Text>
      ))}
      <Text fz="sm" c="dimmed">
        {t('maintenance.bannerText')}{' '}
        <Anchor component={Link} href="/maintenance" fz="sm">
          {t('maintenance.title')}
        </Anchor>
      </Text>
    </div>
  )
}
