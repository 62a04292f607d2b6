import { Anchor, Badge, Button, Paper, Text, Title } from '@mantine/core'
import type { MassView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useMass } from '../../queries.ts'
import { PriorityBadge, StatusBadge } from '../../widgets/badges.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

/** Rows of a list before somebody asks for all. */
const FIRST = 10

function Facts({ mass }: { mass: MassView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const rows = [
    [t('mass.shared'), pick(mass.key.words)],
    [t('mass.affected'), mass.affected],
    [t('mass.peak'), mass.peak],
    [t(mass.memberKind === 'register' ? 'mass.liveRegisters' : 'mass.livePcs'), mass.live],
  ] as const
  return (
    <>
      <ul className="tw-plain">
        {rows.map(([name, value]) => (
          <li key={name} className="tw-wrap">
            <span className="tw-dim">{name}:</span> <b>{value}</b>
          </li>
        ))}
      </ul>
      {mass.wider ? <Text fz="sm">{t('mass.wider')}</Text> : null}
      {mass.belowSince ? (
        <Text fz="sm" c="dimmed">
          {t('mass.easing')} <Moment at={mass.belowSince} withZone />. {t('mass.easingHint')}
        </Text>
      ) : null}
    </>
  )
}

function Sites({ sites }: { sites: MassView['sites'] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const shown = all ? sites : sites.slice(0, FIRST)
  return (
    <>
      <Title order={3} mt="md" mb={4}>
        {t('mass.sites')}: {sites.length}
      </Title>
      <ul className="tw-list">
        {shown.map(site => (
          <li key={site.code ?? ''}>
            <b>{site.name ?? t('mass.noSite')}</b> · {t('mass.affected').toLowerCase()}: {site.affected} ·{' '}
            {t('mass.ofChildren')}: {site.children}
            <div className="tw-dim tw-small tw-wrap">{[site.client, site.address].filter(Boolean).join(' · ')}</div>
          </li>
        ))}
      </ul>
      {shown.length < sites.length ? (
        <Button size="xs" variant="default" onClick={() => setAll(true)}>
          {t('mass.showAll')}
        </Button>
      ) : null}
    </>
  )
}

function Children({ mass }: { mass: MassView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const [all, setAll] = useState(false)
  const { children } = mass
  const shown = all ? children : children.slice(0, FIRST)
  return (
    <>
      <Title order={3} mt="md" mb={4}>
        {t('mass.children')}: {mass.childrenTotal}
      </Title>
      <ul className="tw-list">
        {shown.map(child => (
          <li key={child.id}>
            <span className="tw-line tw-line-wrap">
              <PriorityBadge priority={child.priority} />
              <StatusBadge status={child.status} />
              <Badge variant="light" color={child.firing ? 'red' : 'green'} tt="none">
                {t(child.firing ? 'mass.failing' : 'mass.good')}
              </Badge>
              <span className="tw-dim tw-small">{t(child.told ? 'mass.told' : 'mass.untold')}</span>
            </span>
            <Anchor component={Link} href={`/incidents/${encodeURIComponent(child.id)}`} fz="sm" className="tw-wrap">
              № {child.number} {pick(child.title)}
            </Anchor>
            <div className="tw-dim tw-small">{child.site ?? t('mass.noSite')}</div>
          </li>
        ))}
      </ul>
      {shown.length < children.length ? (
        <Button size="xs" variant="default" onClick={() => setAll(true)}>
          {t('mass.showAll')}
        </Button>
      ) : null}
      {all && children.length < mass.childrenTotal ? (
        <Text fz="sm" c="dimmed">
          {t('mass.childrenMore', { shown: children.length, total: mass.childrenTotal })}
        </Text>
      ) : null}
    </>
  )
}

/** What a mass incident holds together: what is shared, where, and how each incident inside stands. */
export function MassPanel({ incidentId }: { incidentId: string }) {
  const { t } = useTranslation()
  const query = useMass(incidentId)
  const mass = query.data
  return (
    <Paper component="section" aria-label={t('mass.title')}>
      <Title order={2} mb={6}>
        {t('mass.title')}
      </Title>
      {query.error ? <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <ListSkeleton rows={4} /> : null}
      {mass ? (
        <>
          <Facts mass={mass} />
          <Sites sites={mass.sites} />
          <Children mass={mass} />
        </>
      ) : null}
    </Paper>
  )
}
