import { Anchor, Paper, Text, Title } from '@mantine/core'
import type { TerminalView } from '@tillwatch/shared/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatClock, zoneName } from '../../format.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { useNow } from '../../now.ts'

function Row({ label, value }: { label: string; value: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <dt>{label}</dt>
      <dd>{value ?? <span className="tw-dim">{t('terminal.notFilled')}</span>}</dd>
    </>
  )
}

/** What is known about the place; what nobody filled in is said. */
export function SitePassport({ view }: { view: TerminalView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useNow()
  const { site } = view
  const missing = !site?.hours || !site.class || !site.contact
  return (
    <Paper component="section" aria-label={t('terminal.passport')}>
      <Title order={2} mb="sm">
        {t('terminal.passport')}
      </Title>
      {site ? (
        <dl className="tw-details">
          <Row label={t('terminal.client')} value={view.client} />
          <Row label={t('terminal.site')} value={site.name} />
          <Row label={t('terminal.address')} value={site.address} />
          <Row
            label={t('terminal.zone')}
            value={t('terminal.zoneNow', {
              zone: `${site.timezone}, ${zoneName(site.timezone, now)}`,
              time: formatClock(language, now, site.timezone),
            })}
          />
          <Row label={t('terminal.hours')} value={site.hours} />
          <Row label={t('terminal.class')} value={site.class} />
          <Row label={t('terminal.contact')} value={site.contact} />
          <Row label={t('terminal.access')} value={site.access} />
        </dl>
      ) : (
        <>
          <Text fw={500}>{t('terminal.noPassport')}</Text>
          <Text c="dimmed" fz="sm">
            {t('terminal.noPassportText')}
          </Text>
        </>
      )}
      {view.remarks.map(remark => (
        <Text key={remark.en} className="tw-note" data-tone="yellow" fz="sm" mt="sm">
          {remark[language]}
        </Text>
      ))}
      {missing || view.remarks.length > 0 ? (
        <Anchor component={Link} href="/directory" fz="sm" mt="sm" display="inline-block">
          {t('terminal.fillIn')}
        </Anchor>
      ) : null}
    </Paper>
  )
}
